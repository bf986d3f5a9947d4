//! One Tauri command per line of the workbench's table: unpack, call the desk, return.
//!
//! No command has logic of its own, and none is written by hand. Each runs on a thread that may block, so that the window
//! never does.

use std::sync::Arc;

use tauri::ipc::Invoke;
use tauri::{State, Wry};
use workbench::Desk;
use workbench::wire::{self, Fault, FaultCode};

macro_rules! commands {
    ($($name:ident($ask:ident) -> $answer:ident;)*) => {
        $(
            #[tauri::command]
            async fn $name(desk: State<'_, Arc<Desk>>, ask: wire::$ask) -> Result<wire::$answer, Fault> {
                let desk = Arc::clone(&desk);
                answer(move || desk.$name(ask)).await
            }
        )*

        /// What answers the page.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),*]
        }
    };
}

workbench::command_table!(commands);

/// Runs a command where it may take its time. A panic is answered as a fault, without its words: they could name somebody.
async fn answer<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    tauri::async_runtime::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(Fault {
            code: FaultCode::Internal,
            what: "The program failed at this. What was saved before is safe.".to_owned(),
            next: None,
        })
    })
}
