//! Scenarios between procwire and the published packages.
