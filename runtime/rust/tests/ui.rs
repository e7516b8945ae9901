//! What rustc says about mistakes in services and messages: the words, and the tokens under which they stand.

#[test]
fn mistakes_are_shown_at_the_users_tokens() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/derive/*.rs");
    cases.compile_fail("tests/ui/service/*.rs");
}
