//! Hands Tauri the names of the commands, so that each of them needs its permission; without this every command would be
//! open to every page of the window. The names are those of the workbench's table, included as text.

#[path = "crates/workbench/src/table.rs"]
#[macro_use]
mod table;

macro_rules! names {
    ($($name:ident($ask:ident) -> $answer:ident;)*) => {
        const COMMANDS: &[&str] = &[$(stringify!($name)),*];
    };
}

command_table!(names);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let windows = tauri_build::WindowsAttributes::new().window_icon_path("../assets/icon/chartproof.ico");
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest).windows_attributes(windows))?;
    Ok(())
}
