//! Checks: everything that can be wrong with a schema whose names resolve. All of them run.

mod chains;
mod derived;
mod finite;
mod given;
mod scopes;
mod shapes;
mod together;

use crate::diagnostic::Diagnostics;
use crate::resolve::Resolved;

/// Runs every check.
pub(crate) fn all(resolved: &Resolved, diagnostics: &mut Diagnostics) {
    scopes::check(resolved, diagnostics);
    derived::check(&resolved.model, diagnostics);
    chains::check(&resolved.model, diagnostics);
    let circles = finite::check(&resolved.model, diagnostics);
    shapes::check(resolved, &circles, diagnostics);
    together::check(resolved, diagnostics);
}
