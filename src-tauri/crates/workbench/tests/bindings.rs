//! Writes `ui/src/host/generated/commands.ts` from the command table; ts-rs writes the types beside it.
//!
//! `cargo xtask check` fails when what is written differs from what is committed.

use std::fmt::Write as _;

use workbench::command_table;

macro_rules! names {
    ($($name:ident($ask:ident) -> $answer:ident;)*) => {
        const COMMANDS: &[(&str, &str, &str)] =
            &[$((stringify!($name), stringify!($ask), stringify!($answer)),)*];
    };
}

command_table!(names);

#[test]
fn the_page_knows_every_command() {
    let mut types: Vec<&str> = COMMANDS.iter().flat_map(|(_, ask, answer)| [*ask, *answer]).collect();
    types.sort_unstable();
    types.dedup();

    let mut text = String::from("// Written by `cargo xtask bindings` from the command table. Do not edit.\n\n");
    for name in &types {
        writeln!(text, "import type {{ {name} }} from './{name}';").unwrap();
    }
    text.push_str(
        "\n/** Every command the page can give: what it asks and what it gets. */\nexport interface Commands {\n",
    );
    for (name, ask, answer) in COMMANDS {
        writeln!(text, "  {name}: {{ ask: {ask}; answer: {answer} }};").unwrap();
    }
    text.push_str("}\n\n/** Their names, to be checked against at run time. */\nexport const commandNames: (keyof Commands)[] = [\n");
    for (name, _, _) in COMMANDS {
        writeln!(text, "  '{name}',").unwrap();
    }
    text.push_str("];\n");

    let dir = std::path::PathBuf::from(std::env::var("TS_RS_EXPORT_DIR").unwrap());
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("commands.ts");
    if std::fs::read_to_string(&file).unwrap_or_default() != text {
        std::fs::write(&file, text).unwrap();
    }
}
