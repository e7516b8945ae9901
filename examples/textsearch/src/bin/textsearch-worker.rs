//! The worker: a parent starts it.

use procwire::Worker;
use textsearch::Librarian;

#[tokio::main(flavor = "current_thread")]
async fn main() -> procwire::Result<()> {
    Worker::new(Librarian::new()).serve().await
}
