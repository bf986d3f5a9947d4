//! How to check again with tools of the system: commands for bash that fit this very bundle.
//!
//! The steps run one behind the other in one shell, in the folder where the bundle lies. They write to a folder of their
//! own and to nothing else. What a step prints is said where it can be foretold.
//!
//! Texts out of the bundle (names of files, of streams, fingerprints) are quoted, or the step is left out.

mod anchors;
mod checkpoints;
mod records;
mod seals;
mod shell;
mod totals;

use crate::document::Document;
use crate::layout::{Layout, list_tool};
use crate::particulars::{Particulars, Subject};
use shell::quoted;

/// One step of checking again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is for.
    pub title: String,
    /// What to look for in what it prints.
    pub about: String,
    /// Lines for bash.
    pub run: Vec<String>,
    /// What it prints if all is well; `None` where that depends on who looks.
    pub prints: Option<String>,
}

impl Step {
    fn new<const N: usize>(title: &str, about: &str, run: [String; N]) -> Self {
        Self { title: title.to_owned(), about: about.to_owned(), run: run.into(), prints: None }
    }

    fn printing(mut self, prints: impl Into<String>) -> Self {
        self.prints = Some(prints.into());
        self
    }

    /// For commands that only speak up about what is wrong.
    fn silent(self) -> Self {
        self.printing("")
    }
}

/// The steps for what was checked.
pub(crate) fn steps(document: &Document, particulars: &Particulars) -> Vec<Step> {
    let Some(layout) = &particulars.layout else { return Vec::new() };
    let mut steps = vec![begin(layout, &particulars.subject)];
    let has_chain = document.is_audit_bundle() && layout.is_bag;
    if has_chain {
        steps.push(first_of_all());
    }
    steps.extend(content(layout, &particulars.subject));
    if layout.is_bag {
        steps.extend(lists(document, layout));
    }
    if has_chain {
        let about = "Silent if the bundle names no files that would have to be fetched from elsewhere.";
        let fetched = "find . -maxdepth 1 -name fetch.txt".to_owned();
        steps.push(Step::new("Is everything in the bundle itself?", about, [fetched]).silent());
        if layout.has_records {
            records::add(document, layout, &mut steps);
            totals::add(layout, &mut steps);
            anchors::add(document, &mut steps);
        }
        if let Some(path) = &layout.checkpoints {
            checkpoints::add(document, path, layout, &mut steps);
        }
        seals::add(document, layout, &mut steps);
    }
    steps
}

/// The arithmetic that several steps share: `jq` alone would write U+007F otherwise than RFC 8785 has it.
fn first_of_all() -> Step {
    let about = "Gives the SHA-256 of the canonical text (RFC 8785) of each line of JSON, without the members it is told \
                 to leave out.";
    let sums = "sums() { python3 -c 'import hashlib, json, sys; [print(hashlib.sha256(json.dumps({name: value for name, \
                value in json.loads(line).items() if name not in sys.argv[1:]}, sort_keys=True, separators=(\",\", \":\"), \
                ensure_ascii=False).encode()).hexdigest()) for line in sys.stdin.buffer]' \"$@\"; }";
    Step::new("What is hashed", about, [sums.to_owned()]).silent()
}

fn is_folder(layout: &Layout) -> bool {
    layout.container == "directory"
}

/// Names the bundle and makes a folder to work in.
fn begin(layout: &Layout, subject: &Subject) -> Step {
    let known = subject.name.as_deref().filter(|name| !name.chars().any(bundle::escape::is_hidden));
    let kind = if is_folder(layout) { "FOLDER" } else { "FILE" };
    let about = match known {
        Some(_) => "For bash with the GNU tools, in the folder where the bundle lies.".to_owned(),
        None => format!("For bash with the GNU tools. Put the name of the bundle in place of {kind}."),
    };
    let name = match known {
        Some(name) if name.starts_with('-') => quoted(&format!("./{name}")),
        Some(name) => quoted(name),
        None => kind.to_owned(),
    };
    Step::new("Begin", &about, [format!("bundle={name}; work=$(mktemp -d)")]).silent()
}

/// That it is the same file or folder, and the way into it.
fn content(layout: &Layout, subject: &Subject) -> Vec<Step> {
    let prints = format!("{}  -", subject.sha256);
    let title = "Is it the same bundle?";
    let top = layout.top.as_deref().filter(|top| !top.chars().any(bundle::escape::is_hidden));
    if is_folder(layout) {
        let inside = top.map(|top| format!(" && cd -- {}", quoted(&beside(top)))).unwrap_or_default();
        let about = "One digest over the digests and names of all files, in the order of their names.";
        let list = "find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum";
        return vec![Step::new(title, about, [format!("cd -- \"$bundle\"{inside}"), list.to_owned()]).printing(prints)];
    }
    let same = Step::new(title, "The digest of the whole file.", ["sha256sum < \"$bundle\"".to_owned()]);
    let mut steps = vec![same.printing(prints)];
    let Some(top) = top.filter(|_| layout.is_bag) else { return steps };
    let unpack = match layout.container.as_str() {
        "zip" => "unzip -q \"$bundle\" -d \"$work/unpacked\"",
        "tar" => "mkdir \"$work/unpacked\" && tar -xf \"$bundle\" -C \"$work/unpacked\"",
        "tar.gz" => "mkdir \"$work/unpacked\" && tar -xzf \"$bundle\" -C \"$work/unpacked\"",
        _ => "mkdir \"$work/unpacked\" && zstd -dcq -- \"$bundle\" | tar -xf - -C \"$work/unpacked\"",
    };
    let about = "Unpacks a copy. This program unpacks nothing; it reads the archive where it lies.";
    let enter = format!("cd -- \"$work/unpacked\"/{}", quoted(&beside(top)));
    steps.push(Step::new("Unpack it", about, [unpack.to_owned(), enter]).silent());
    steps
}

/// A name that no program takes for an option.
fn beside(name: &str) -> String {
    if name.starts_with('-') { format!("./{name}") } else { name.to_owned() }
}

/// Every file against the lists of the bag.
fn lists(document: &Document, layout: &Layout) -> Vec<Step> {
    let mut steps = Vec::new();
    let tools = layout.plain_lists.iter().filter_map(|list| Some((list_tool(list)?, list)));
    let sums: Vec<String> =
        tools.map(|(tool, list)| format!("{tool} -c --quiet --strict -- {}", quoted(list))).collect();
    if !sums.is_empty() {
        let about = "Silent if every listed file is there and has the digest that the list names.";
        let mut step = Step::new("Are the files as the lists say?", about, []).silent();
        step.run = sums;
        steps.push(step);
    }
    let payload = layout.plain_lists.iter().filter(|list| list.starts_with("manifest-"));
    for list in payload {
        let about = "Silent if the list names exactly the files that lie under data.";
        let names = format!("sed 's/^[0-9a-f]*  //' -- {} | LC_ALL=C sort", quoted(list));
        let compare = format!("find data -type f | LC_ALL=C sort | diff - <({names})");
        steps.push(Step::new("Is nothing left over or left out?", about, [compare]).silent());
    }
    let is_irregular = document.findings.iter().any(|finding| finding.code == verify::Code::ManifestIrregular);
    if !layout.has_odd_lists && !is_irregular && !layout.plain_lists.is_empty() {
        let about = "The Library of Congress's program for bags (pip install bagit) ends with: . is valid";
        steps.push(Step::new("Is it a valid bag?", about, ["bagit.py --validate .".to_owned()]));
    }
    steps
}
