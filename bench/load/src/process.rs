use std::env;
use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use tempfile::TempDir;

/// A worker that listens on a path; ended and swept when dropped.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    folder: TempDir,
}

impl Worker {
    /// Starts `program PATH MODE` and waits for its line on stdout, which says that it listens.
    pub fn start(program: &Path, mode: &str) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let mut child = Command::new(program)
            .arg(folder.path().join("s"))
            .arg(mode)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = child.stdout.take().context("no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let worker = Self { child, folder };
        anyhow::ensure!(line == "ready\n", "{} said `{}` instead of `ready`", program.display(), line.trim_end());
        Ok(worker)
    }

    /// Where it listens.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Both fail only when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The worker's side of [`Worker::start`]: the listener, and the mode.
pub fn listen() -> anyhow::Result<(UnixListener, String)> {
    let mut args = env::args().skip(1);
    let path = args.next().context("the argument PATH is missing")?;
    let mode = args.next().context("the argument MODE is missing")?;
    let listener = UnixListener::bind(path)?;
    println!("ready");
    Ok((listener, mode))
}
