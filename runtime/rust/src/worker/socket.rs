//! The socket that a worker listens on: a file in a fresh folder that only its user can enter.
//!
//! The folder lives until the parent has connected, so that a running pair leaves nothing on disk.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::Pid;

/// The size of a socket address, with the NUL at its end.
pub(crate) const ADDRESS_SIZE: usize = 108;
const PREFIX: &str = "procwire-";
const SOCKET: &str = "s";
const RANDOM_BYTES: usize = 16;
/// A folder younger than this may belong to a live worker whose pid another container cannot see.
const STALE_AGE: Duration = Duration::from_secs(120);
/// How many entries of a shared folder a start looks at.
const SWEEP_ENTRIES: usize = 10_000;

/// A socket's private folder; dropping it removes both.
#[derive(Debug)]
pub(crate) struct SocketFolder {
    folder: PathBuf,
}

impl SocketFolder {
    /// The path of the socket.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join(SOCKET)
    }

    fn create(base: &Path) -> io::Result<Self> {
        let mut random = [0; RANDOM_BYTES];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let mut name = format!("{PREFIX}{}-", std::process::id());
        for byte in random {
            use std::fmt::Write as _;
            let _ = write!(name, "{byte:02x}");
        }
        let folder = base.join(name);
        let length = folder.as_os_str().len() + 1 + SOCKET.len();
        if length >= ADDRESS_SIZE {
            let reason = format!("a socket's path has fewer than {ADDRESS_SIZE} bytes, this would have {length}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        // An existing entry of the name is an error here, so that nobody can have prepared the folder.
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self { folder })
    }
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        remove(&self.folder);
    }
}

/// Listens in the first folder that takes a socket.
pub(crate) fn listen() -> io::Result<(UnixListener, SocketFolder)> {
    listen_below(&bases())
}

fn listen_below(bases: &[PathBuf]) -> io::Result<(UnixListener, SocketFolder)> {
    let mut reasons = Vec::new();
    let mut kind = io::ErrorKind::NotFound;
    for base in bases {
        let attempt = SocketFolder::create(base)
            .and_then(|folder| UnixListener::bind(folder.path()).map(|listener| (listener, folder)));
        match attempt {
            Ok(listening) => return Ok(listening),
            Err(error) => {
                kind = error.kind();
                reasons.push(format!("{}: {error}", base.display()));
            }
        }
    }
    let reasons = reasons.join("; ");
    Err(io::Error::new(
        kind,
        format!("no folder takes a socket ({reasons}); set XDG_RUNTIME_DIR or TMPDIR to one that does"),
    ))
}

/// Removes what workers of this user left behind that were killed before their parent had connected.
pub(crate) fn sweep() {
    for base in bases() {
        sweep_folder(&base);
    }
}

fn sweep_folder(base: &Path) {
    let Ok(entries) = std::fs::read_dir(base) else {
        return;
    };
    let user = rustix::process::getuid().as_raw();
    for entry in entries.take(SWEEP_ENTRIES).flatten() {
        let Some(pid) = owner(&entry.file_name()) else {
            continue;
        };
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let old = metadata.modified().is_ok_and(|time| time.elapsed().is_ok_and(|age| age >= STALE_AGE));
        if metadata.is_dir() && metadata.uid() == user && old && is_gone(pid) {
            remove(&entry.path());
        }
    }
}

/// The pid in the name of a socket's folder.
fn owner(name: &OsStr) -> Option<Pid> {
    let (pid, random) = name.to_str()?.strip_prefix(PREFIX)?.split_once('-')?;
    let is_random = random.len() == 2 * RANDOM_BYTES && random.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_random || pid.starts_with('+') {
        return None;
    }
    Pid::from_raw(pid.parse().ok()?)
}

fn is_gone(pid: Pid) -> bool {
    rustix::process::test_kill_process(pid) == Err(Errno::SRCH)
}

/// Removes the socket and its folder, and nothing that somebody else put there.
fn remove(folder: &Path) {
    let _ = std::fs::remove_file(folder.join(SOCKET));
    let _ = std::fs::remove_dir(folder);
}

/// Removes the socket of a child that ended, if the path has the form of one.
///
/// The path came from the child, so that nothing but a socket by such a name is touched.
pub(crate) fn remove_left_behind(path: &Path) {
    use std::os::unix::fs::FileTypeExt;

    let is_ours = |name: Option<&OsStr>| name.is_some_and(|name| name.as_bytes().starts_with(PREFIX.as_bytes()));
    let folder = path.parent().filter(|folder| owner(folder.file_name().unwrap_or_default()).is_some());
    if folder.is_none() && !is_ours(path.file_name()) {
        return;
    }
    if std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket()) {
        let _ = std::fs::remove_file(path);
    }
    if let Some(folder) = folder {
        let _ = std::fs::remove_dir(folder);
    }
}

/// The folders that may take a socket, the preferred one first.
fn bases() -> Vec<PathBuf> {
    let mut bases = Vec::new();
    for variable in ["XDG_RUNTIME_DIR", "TMPDIR"] {
        if let Some(value) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
            bases.push(PathBuf::from(value));
        }
    }
    bases.push(PathBuf::from("/tmp"));
    bases.dedup();
    bases
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::SystemTime;

    use super::*;

    fn entries(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn the_folder_is_private_and_goes_with_its_owner() {
        let base = tempfile::tempdir().unwrap();
        let (_listener, folder) = listen_below(&[base.path().to_owned()]).unwrap();
        let mode = std::fs::metadata(&folder.folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(owner(folder.folder.file_name().unwrap()), Pid::from_raw(std::process::id().cast_signed()));
        assert!(std::os::unix::net::UnixStream::connect(folder.path()).is_ok());
        drop(folder);
        assert_eq!(entries(base.path()), 0);
    }

    #[test]
    fn a_folder_that_takes_no_socket_is_passed_over() {
        let base = tempfile::tempdir().unwrap();
        let long = base.path().join("x".repeat(100));
        std::fs::create_dir(&long).unwrap();
        let missing = base.path().join("missing");
        let good = base.path().join("good");
        std::fs::create_dir(&good).unwrap();
        let (_listener, folder) = listen_below(&[missing.clone(), long.clone(), good.clone()]).unwrap();
        assert!(folder.path().starts_with(&good));
        assert_eq!(entries(&long), 0);

        let error = listen_below(&[missing, long]).unwrap_err().to_string();
        assert!(error.contains("missing: No such file or directory"), "{error}");
        assert!(error.contains("fewer than 108 bytes"), "{error}");
        assert!(error.contains("set XDG_RUNTIME_DIR or TMPDIR"), "{error}");
    }

    #[test]
    fn the_sweep_takes_stale_folders_of_gone_workers_only() {
        let base = tempfile::tempdir().unwrap();
        // A child that was waited for is certainly gone.
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let gone = child.id();
        child.wait().unwrap();
        let alive = std::process::id();
        let random = "0123456789abcdef0123456789abcdef";
        let make = |name: String, old: bool| {
            let folder = base.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join(SOCKET), "").unwrap();
            if old {
                let time = SystemTime::now() - STALE_AGE * 2;
                std::fs::File::open(&folder).unwrap().set_modified(time).unwrap();
            }
            folder
        };
        let stale = make(format!("{PREFIX}{gone}-{random}"), true);
        let young = make(format!("{PREFIX}{gone}-{}", random.replace('0', "1")), false);
        let live = make(format!("{PREFIX}{alive}-{random}"), true);
        let other = make(format!("{PREFIX}{gone}-short"), true);
        sweep_folder(base.path());
        assert!(!stale.exists());
        assert!(young.exists() && live.exists() && other.exists());
    }

    #[test]
    fn only_sockets_by_our_names_are_removed_for_a_child() {
        let base = tempfile::tempdir().unwrap();
        let (_listener, folder) = listen_below(&[base.path().to_owned()]).unwrap();
        remove_left_behind(&folder.path());
        assert_eq!(entries(base.path()), 0);

        let published = base.path().join("procwire-1-00.sock");
        let _listener = UnixListener::bind(&published).unwrap();
        let foreign = base.path().join("other.sock");
        let _other = UnixListener::bind(&foreign).unwrap();
        let file = base.path().join("procwire-notes");
        std::fs::write(&file, "").unwrap();
        for path in [&published, &foreign, &file] {
            remove_left_behind(path);
        }
        assert!(!published.exists());
        assert!(foreign.exists() && file.exists());
    }
}
