//! What the parent says through the environment.

use std::ffi::OsString;

use crate::control::{DESCRIPTOR_VARIABLE, MODULE_NAME_VARIABLE, TOKEN_VARIABLE, VARIABLE_PREFIX};

/// What a parent of ours, or a published one, left for this process.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    /// The name that the parent calls this worker by.
    pub(crate) module_name: Option<OsString>,
    /// What the parent proves itself with; empty is off.
    pub(crate) token: Option<Vec<u8>>,
    /// Where the parent left one end of a socket pair.
    pub(crate) descriptor: Option<OsString>,
}

impl Environment {
    /// Takes the variables out of the environment, since they are for this process and not for those that it starts.
    pub(crate) fn take() -> Self {
        use std::os::unix::ffi::OsStringExt;

        let environment = Self {
            module_name: std::env::var_os(MODULE_NAME_VARIABLE),
            token: std::env::var_os(TOKEN_VARIABLE).map(OsString::into_vec).filter(|token| !token.is_empty()),
            descriptor: std::env::var_os(DESCRIPTOR_VARIABLE),
        };
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with(VARIABLE_PREFIX)) {
                remove(&name);
            }
        }
        environment
    }
}

/// Removes one variable.
#[allow(unsafe_code)]
fn remove(name: &OsString) {
    // SAFETY: Rust's own readers are kept apart by the standard library's lock. What is left is C code that reads the
    // environment on another thread at this moment. A removal, unlike a change, frees no memory that came with the
    // process and only moves the pointers that follow, so that such a reader can miss a variable at worst.
    unsafe { std::env::remove_var(name) }
}
