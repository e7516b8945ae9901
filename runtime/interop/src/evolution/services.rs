//! Services of two versions: each one of `evolution/services.json` is served alone, and called once.

macro_rules! version {
    (
        $version:ident:
        $($row:ident $name:ident $client:ident { $($handlers:tt)* } |$c:ident| $call:expr;)*
        ; children:
        $($child_row:ident $child:ident $module:ident $child_client:ident $requires:literal;)*
    ) => {
        /// One version.
        pub mod $version {
            use super::super::outcome;
            use super::super::types::$version as schema;

            $(
                mod $row {
                    use futures_util::stream;
                    use procwire::{Bytes, Error, Stream};

                    use super::schema::$name;

                    pub struct Desk;

                    #[procwire::service]
                    impl $name for Desk { $($handlers)* }

                    // What a row has no use for.
                    const _: fn(Bytes) -> stream::Empty<()> = |_| stream::empty();
                    const _: Option<&dyn Stream<Item = Error>> = None;
                }
            )*

            $(
                mod $child_row {
                    use procwire::Error;

                    use super::schema::$child;

                    pub struct Desk;

                    #[procwire::service]
                    impl $child for Desk {
                        async fn call(&self) -> Result<(), Error> {
                            Ok(())
                        }
                    }
                }
            )*

            /// Answers what a child requires.
            struct Answers;

            mod answers {
                use procwire::Error;

                use super::schema::RowsCallbacks;

                #[procwire::service]
                impl RowsCallbacks for super::Answers {
                    async fn ask(&self) -> Result<(), Error> {
                        Ok(())
                    }
                }
            }

            /// Serves one of the services.
            pub async fn serve(service: &str) -> procwire::Result<()> {
                match service {
                    $(stringify!($name) => procwire::Worker::new($row::Desk).serve().await,)*
                    $(stringify!($child) => schema::$module::worker($child_row::Desk).serve().await,)*
                    other => panic!("there is no service {other}"),
                }
            }

            /// Starts a worker that has to agree on the schema, and tells what came of it.
            pub async fn start(service: &str, worker: std::process::Command) -> String {
                match service {
                    $(stringify!($name) => started!(schema::$client::spawn(worker).await),)*
                    $(stringify!($child) => {
                        let builder = schema::$child_client::builder();
                        let answers = || schema::RowsCallbacks::service(std::sync::Arc::new(Answers));
                        let builder = if $requires { builder.callbacks(answers()) } else { builder };
                        started!(builder.spawn(worker).await)
                    })*
                    other => panic!("there is no service {other}"),
                }
            }

            /// Starts a worker of whatever schema, calls it once, and tells what came of it.
            pub async fn call(service: &str, worker: std::process::Command) -> String {
                match service {
                    $(
                        stringify!($name) => match schema::$client::builder().check_schema(false).spawn(worker).await {
                            Err(error) => format!("refused {error}"),
                            Ok(client) => {
                                let $c = &client;
                                let outcome = outcome($call.await);
                                let _ = client.shutdown().await;
                                outcome
                            }
                        },
                    )*
                    $(
                        stringify!($child) => {
                            let builder = schema::$child_client::builder();
                            let answers = || schema::RowsCallbacks::service(std::sync::Arc::new(Answers));
                            let builder = if $requires { builder.callbacks(answers()) } else { builder };
                            match builder.check_schema(false).spawn(worker).await {
                                Err(error) => format!("refused {error}"),
                                Ok(client) => {
                                    let outcome = outcome(client.$child_row.call().await);
                                    let _ = client.shutdown().await;
                                    outcome
                                }
                            }
                        }
                    )*
                    other => panic!("there is no service {other}"),
                }
            }
        }
    };
}

version! { old:
    unit_to_value UnitToValue UnitToValueClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    unit_to_nullable UnitToNullable UnitToNullableClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    ack_to_value AckToValue AckToValueClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    value_to_unit ValueToUnit ValueToUnitClient { async fn call(&self) -> Result<u8, Error> { Ok(7) } } |c| c.call();
    change_codec ChangeCodec ChangeCodecClient { async fn call(&self, payload: Bytes) -> Result<Bytes, Error> { Ok(payload) } } |c| c.call("x".into());
    bare_to_named BareToNamed BareToNamedClient { async fn call(&self, _value: u8) -> Result<(), Error> { Ok(()) } } |c| c.call(7);
    add_parameter AddParameter AddParameterClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    add_method AddMethod AddMethodClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    add_since AddSince AddSinceClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    add_event AddEvent AddEventClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    rename_method RenameMethod RenameMethodClient { async fn call(&self) -> Result<(), Error> { Ok(()) } async fn first(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    rename_on_wire RenameOnWire RenameOnWireClient { async fn call(&self) -> Result<(), Error> { Ok(()) } async fn first(&self) -> Result<(), Error> { Ok(()) } } |c| c.first();
    change_kind ChangeKind ChangeKindClient { async fn call(&self) -> Result<(), Error> { Ok(()) } async fn items(&self) -> Result<u8, Error> { Ok(7) } } |c| c.call();
    add_variant_thrown AddVariantThrown AddVariantThrownClient { async fn call(&self) -> Result<(), Error<super::schema::AddVariantRefusal>> { Err(super::schema::AddVariantRefusal::Known.into()) } } |c| c.call();
    add_throws AddThrows AddThrowsClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    ; children:
    child_require_added ChildRequireAdded ChildRequireAddedModule ChildRequireAddedModuleClient false;
    child_optional_to_required ChildOptionalToRequired ChildOptionalToRequiredModule ChildOptionalToRequiredModuleClient false;
    child_required_to_optional ChildRequiredToOptional ChildRequiredToOptionalModule ChildRequiredToOptionalModuleClient true;
    child_require_removed ChildRequireRemoved ChildRequireRemovedModule ChildRequireRemovedModuleClient true;
}

version! { new:
    unit_to_value UnitToValue UnitToValueClient { async fn call(&self) -> Result<u8, Error> { Ok(7) } } |c| c.call();
    unit_to_nullable UnitToNullable UnitToNullableClient { async fn call(&self) -> Result<Option<u8>, Error> { Ok(Some(7)) } } |c| c.call();
    ack_to_value AckToValue AckToValueClient { async fn call(&self) -> Result<u8, Error> { Ok(7) } } |c| c.call();
    value_to_unit ValueToUnit ValueToUnitClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    change_codec ChangeCodec ChangeCodecClient { async fn call(&self, payload: Bytes) -> Result<Bytes, Error> { Ok(payload) } } |c| c.call("x".into());
    bare_to_named BareToNamed BareToNamedClient { async fn call(&self, _value: u8) -> Result<(), Error> { Ok(()) } } |c| c.call(7);
    add_parameter AddParameter AddParameterClient { async fn call(&self, _value: Option<u8>) -> Result<(), Error> { Ok(()) } } |c| c.call().value(7);
    add_method AddMethod AddMethodClient { async fn call(&self) -> Result<(), Error> { Ok(()) } async fn more(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    add_since AddSince AddSinceClient { async fn call(&self) -> Result<(), Error> { Ok(()) } async fn more(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    add_event AddEvent AddEventClient { async fn call(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    rename_method RenameMethod RenameMethodClient { async fn call(&self) -> Result<(), Error> { Ok(()) } async fn second(&self) -> Result<(), Error> { Ok(()) } } |c| c.call();
    rename_on_wire RenameOnWire RenameOnWireClient { async fn call(&self) -> Result<(), Error> { Ok(()) } async fn second(&self) -> Result<(), Error> { Ok(()) } } |c| c.second();
    change_kind ChangeKind ChangeKindClient { async fn call(&self) -> Result<(), Error> { Ok(()) } fn items(&self) -> impl Stream<Item = Result<u8, Error>> { stream::empty() } } |c| c.call();
    add_variant_thrown AddVariantThrown AddVariantThrownClient { async fn call(&self) -> Result<(), Error<super::schema::AddVariantRefusal>> { Err(super::schema::AddVariantRefusal::More.into()) } } |c| c.call();
    add_throws AddThrows AddThrowsClient { async fn call(&self) -> Result<(), Error<super::schema::AddThrowsRefusal>> { Err(super::schema::AddThrowsRefusal::More.into()) } } |c| c.call();
    ; children:
    child_require_added ChildRequireAdded ChildRequireAddedModule ChildRequireAddedModuleClient true;
    child_optional_to_required ChildOptionalToRequired ChildOptionalToRequiredModule ChildOptionalToRequiredModuleClient true;
    child_required_to_optional ChildRequiredToOptional ChildRequiredToOptionalModule ChildRequiredToOptionalModuleClient false;
    child_require_removed ChildRequireRemoved ChildRequireRemovedModule ChildRequireRemovedModuleClient false;
}
