//! What a parent may choose, and what a child is started with.

use std::ffi::OsString;
use std::fmt;
use std::process::Command;
use std::time::Duration;

use super::announced::Hear;
use super::process::{Heartbeat, StderrSink};
use crate::connection::{Extensions, Limits};
use crate::control::{MODULE_NAME_VARIABLE, SHUTDOWN_GRACE, TOKEN_VARIABLE, VARIABLE_PREFIX};
use crate::service::Handlers;

/// How long a child has to announce itself.
pub(crate) const INIT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a child's socket has to take the connection.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TOKEN_BYTES: usize = 32;

/// What a parent may choose; the async and the blocking builder share it.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub(crate) struct Options {
    pub(crate) name: String,
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// The variables of this process that the child inherits; all where nothing is said.
    pub(crate) inherited: Option<Vec<OsString>>,
    pub(crate) token: bool,
    pub(crate) init_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) shutdown_grace: Duration,
    pub(crate) heartbeat: Option<Heartbeat>,
    pub(crate) limits: Limits,
    pub(crate) spin: bool,
    /// The child is asked where its handlers fail.
    pub(crate) tracebacks: bool,
    pub(crate) stderr: Option<StderrSink>,
    /// Hears what the child announced.
    pub(crate) hear: Option<Hear>,
    /// The child may lack what the service has.
    pub(crate) allow_missing: bool,
    /// The child's schema is compared with this program's where they differ.
    pub(crate) check_schema: bool,
    pub(crate) extensions: Extensions,
    pub(crate) handlers: Handlers,
    /// Handlers that contradict each other or the child.
    pub(crate) clashes: Vec<String>,
}

impl Options {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            environment: Vec::new(),
            inherited: None,
            token: true,
            init_timeout: INIT_TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            shutdown_grace: SHUTDOWN_GRACE,
            heartbeat: None,
            limits: Limits::default(),
            spin: true,
            tracebacks: false,
            stderr: None,
            hear: None,
            allow_missing: false,
            check_schema: true,
            extensions: Extensions::ALL,
            handlers: Handlers::default(),
            clashes: Vec::new(),
        }
    }

    /// Sets the child's environment, and returns the token that it was given.
    pub(crate) fn prepare(&self, command: &mut Command) -> Result<Option<String>, getrandom::Error> {
        // A child of ours may itself have a parent; what that one said is not for this child. A variable that the
        // author of this program set on the command by hand stays.
        let by_hand: Vec<OsString> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
        for (name, _) in std::env::vars_os() {
            let is_protocol = name.to_str().is_some_and(|name| name.starts_with(VARIABLE_PREFIX));
            let is_kept = self.inherited.as_ref().is_none_or(|names| names.contains(&name));
            if (is_protocol || !is_kept) && !by_hand.contains(&name) {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env(MODULE_NAME_VARIABLE, &self.name);
        if !self.token {
            command.env_remove(TOKEN_VARIABLE);
            return Ok(None);
        }
        let token = fresh_token()?;
        command.env(TOKEN_VARIABLE, &token);
        Ok(Some(token))
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment may hold secrets.
        f.debug_struct("Options")
            .field("name", &self.name)
            .field("init_timeout", &self.init_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("shutdown_grace", &self.shutdown_grace)
            .field("heartbeat", &self.heartbeat)
            .field("limits", &self.limits)
            .field("spin", &self.spin)
            .field("extensions", &self.extensions)
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}

/// 64 hexadecimal digits from the system's random source.
fn fresh_token() -> Result<String, getrandom::Error> {
    use std::fmt::Write as _;

    let mut random = [0; TOKEN_BYTES];
    getrandom::fill(&mut random)?;
    Ok(random.iter().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_told_its_name_and_a_fresh_token() {
        let options = Options::new("desk");
        let mut command = Command::new("true");
        let token = options.prepare(&mut command).unwrap().unwrap();
        assert_eq!(token.len(), 64);
        assert!(token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        let set = |name: &str| {
            command.get_envs().find(|(known, _)| *known == name).and_then(|(_, value)| value).map(ToOwned::to_owned)
        };
        assert_eq!(set(MODULE_NAME_VARIABLE), Some("desk".into()));
        assert_eq!(set(TOKEN_VARIABLE), Some(token.clone().into()));
        assert_ne!(options.prepare(&mut Command::new("true")).unwrap(), Some(token));
    }

    #[test]
    fn a_child_inherits_what_is_named() {
        let inherited = Some(vec!["CARGO".into(), "no such variable".into()]);
        let environment = vec![("ADDED".into(), "1".into())];
        let options = Options { environment, inherited, ..Options::new("desk") };
        let mut command = Command::new("true");
        command.env("HOME", "by hand");
        options.prepare(&mut command).unwrap();
        let said: Vec<_> = command.get_envs().collect();
        let left = |name: &str| said.iter().find(|(known, _)| *known == name).is_none_or(|(_, value)| value.is_some());
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some() && !left("CARGO_PKG_NAME"));
        assert!(left("CARGO") && left("HOME") && left("ADDED"));
    }

    #[test]
    fn without_a_token_an_inherited_one_is_removed() {
        let options = Options { token: false, ..Options::new("desk") };
        let mut command = Command::new("true");
        assert_eq!(options.prepare(&mut command).unwrap(), None);
        let removed = command.get_envs().any(|(name, value)| name == TOKEN_VARIABLE && value.is_none());
        assert!(removed);
    }
}
