//! Types of two versions: each one of `evolution/rows.json` has a method that takes it and one that answers it. A payload is read by the version
//! that writes it, so that what goes over the wire is what that version's own code makes of the value.

use std::io::{BufRead, Write};

use procwire::codec::from_bytes;
use procwire::{Bytes, Error, Message};
use serde_json::Value;

use super::outcome;

/// A step of the parent: the name of a method, and a payload.
type Step = (String, Bytes);

/// The steps from the standard input, a JSON object a line: `{"method": .., "payload": hex}`.
fn steps() -> Vec<Step> {
    let lines = std::io::stdin().lock().lines();
    let step = |line: String| {
        let step: Value = serde_json::from_str(&line).expect("a step");
        let text = |key: &str| step[key].as_str().expect("a text").to_owned();
        let hex = text("payload");
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
        (text("method"), (0..hex.len()).step_by(2).map(byte).collect::<Vec<u8>>().into())
    };
    lines.map(|line| step(line.expect("a line"))).collect()
}

fn value<T: Message>(payload: &Bytes) -> T {
    from_bytes(payload).unwrap_or_else(|error| panic!("the version that writes {payload:?} refuses it: {error}"))
}

fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("a reader");
}

macro_rules! version {
    ($version:ident $schema:literal: $($ask:ident $tell:ident $ty:ident,)*) => {
        /// One version.
        pub mod $version {
            use super::{Bytes, Error, outcome, say, steps, value};

            procwire::include_ipc!($schema);

            struct Desk;

            #[procwire::service]
            impl Evolution for Desk {
                $(
                    async fn $ask(&self, _value: $ty) -> Result<(), Error> {
                        Ok(())
                    }
                    async fn $tell(&self, payload: Bytes) -> Result<$ty, Error> {
                        Ok(value(&payload))
                    }
                )*
            }

            /// Serves until the parent wants no more.
            pub async fn serve() -> procwire::Result<()> {
                procwire::Worker::new(Desk).serve().await
            }

            /// Starts a worker that has to agree on the schema, and tells what came of it.
            pub async fn start(worker: std::process::Command) -> String {
                started!(EvolutionClient::spawn(worker).await)
            }

            /// Calls a worker of whatever schema as the standard input says, and prints what comes of each call.
            pub async fn call(worker: std::process::Command) -> Result<(), Box<dyn std::error::Error>> {
                let client = EvolutionClient::builder().check_schema(false).spawn(worker).await?;
                for (method, payload) in steps() {
                    let result = match method.as_str() {
                        $(
                            stringify!($ask) => outcome(client.$ask(value(&payload)).await),
                            stringify!($tell) => outcome(client.$tell(payload).await),
                        )*
                        other => return Err(format!("there is no method {other}").into()),
                    };
                    say(&result);
                }
                Ok(client.shutdown().await?)
            }
        }
    };
}

macro_rules! versions {
    ($($rows:tt)*) => {
        version!(old "evolution/old.ipc": $($rows)*);
        version!(new "evolution/new.ipc": $($rows)*);
    };
}

versions! {
    add_optional_ask add_optional_tell AddOptional,
    add_default_ask add_default_tell AddDefault,
    add_nullable_ask add_nullable_tell AddNullable,
    add_to_strict_ask add_to_strict_tell AddToStrict,
    add_required_ask add_required_tell AddRequired,
    remove_optional_ask remove_optional_tell RemoveOptional,
    remove_from_strict_ask remove_from_strict_tell RemoveFromStrict,
    remove_required_ask remove_required_tell RemoveRequired,
    required_to_optional_ask required_to_optional_tell RequiredToOptional,
    optional_to_required_ask optional_to_required_tell OptionalToRequired,
    required_to_default_ask required_to_default_tell RequiredToDefault,
    plain_to_nullable_ask plain_to_nullable_tell PlainToNullable,
    nullable_to_plain_ask nullable_to_plain_tell NullableToPlain,
    add_variant_ask add_variant_tell AddVariant,
    add_strict_variant_ask add_strict_variant_tell AddStrictVariant,
    remove_variant_ask remove_variant_tell RemoveVariant,
    remove_strict_variant_ask remove_strict_variant_tell RemoveStrictVariant,
    gain_data_ask gain_data_tell GainData,
    tagged_gains_data_ask tagged_gains_data_tell TaggedGainsData,
    widen_integer_ask widen_integer_tell WidenInteger,
    integer_to_float_ask integer_to_float_tell IntegerToFloat,
    change_sign_ask change_sign_tell ChangeSign,
    tighten_range_ask tighten_range_tell TightenRange,
    loosen_length_ask loosen_length_tell LoosenLength,
    add_pattern_ask add_pattern_tell AddPattern,
    strict_to_open_ask strict_to_open_tell StrictToOpen,
    open_to_strict_record_ask open_to_strict_record_tell OpenToStrictRecord,
    to_newtype_ask to_newtype_tell ToNewtype,
    rename_on_the_wire_ask rename_on_the_wire_tell RenameOnTheWire,
    rename_optional_ask rename_optional_tell RenameOptional,
    change_tag_ask change_tag_tell ChangeTag,
    swap_numbers_ask swap_numbers_tell SwapNumbers,
    tuple_length_ask tuple_length_tell TupleLength,
    list_to_map_ask list_to_map_tell ListToMap,
    change_default_ask change_default_tell ChangeDefault,
    write_extension_ask write_extension_tell WriteExtension,
    plain_to_extension_ask plain_to_extension_tell PlainToExtension,
    extension_code_ask extension_code_tell ExtensionCode,
}
