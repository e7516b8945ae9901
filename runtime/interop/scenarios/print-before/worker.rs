//! What a worker's libraries may print before it is up.

use std::io::Write;

/// Prints without a newline.
pub fn print() {
    print!("loading the model");
    std::io::stdout().flush().ok();
}
