//! The text that procwire generates, as templates over plain strings.
//!
//! Every line of a generated file stands in a template below `templates/`, one folder a target language. A view is a
//! struct of strings that is printed as it is: whoever builds it has escaped each name, has chosen each type and has
//! broken each long line. There is no model here, no case conversion and no decision about a type.

pub mod init;
pub mod python;
pub mod rust;
pub mod typescript;
