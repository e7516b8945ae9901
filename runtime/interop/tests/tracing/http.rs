//! As much of HTTP as an exporter and the test need, by hand: one request, one answer.

use std::fmt::{self, Write as _};
use std::future::Future;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::pin::Pin;

use bytes::Bytes;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};

/// Sends what the exporter has to send.
#[derive(Debug)]
pub struct Plain;

impl HttpClient for Plain {
    fn send_bytes<'a, 'out>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'out>>
    where
        'a: 'out,
        Self: 'out,
    {
        Box::pin(async move {
            let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
            let mut head = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri().path());
            for (name, value) in request.headers() {
                write!(head, "{name}: {}\r\n", value.to_str()?)?;
            }
            let (status, body) = exchange(&host, &head, request.body())?;
            Ok(Response::builder().status(status).body(Bytes::from(body))?)
        })
    }
}

/// What lies at a path.
pub fn get(endpoint: &str, path: &str) -> Result<Vec<u8>, String> {
    let host = endpoint.trim_start_matches("http://");
    let (status, body) = exchange(host, &format!("GET {path} HTTP/1.1\r\n"), &[]).map_err(|error| error.to_string())?;
    if status == 200 { Ok(body) } else { Err(format!("{endpoint}{path} answers {status}")) }
}

fn exchange(host: &str, head: &str, body: &[u8]) -> std::io::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(host)?;
    let length = body.len();
    let head = format!("{head}host: {host}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let wrong = |what: &dyn fmt::Display| std::io::Error::other(format!("an answer that is none: {what}"));
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(|| wrong(&"it has no head"))?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(|| wrong(&head))?;
    Ok((status, answer.split_off(end + 4)))
}
