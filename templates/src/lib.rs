//! The text that procwire generates, as templates over plain strings.
