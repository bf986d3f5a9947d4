//! Where a vault lies, and whether that is a good place.
//!
//! A database in a folder that another program copies to other machines, or on another machine's disk, can be damaged
//! without anybody doing wrong, and its metadata leaves the building. Such a place is warned about, not forbidden.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Why a place is doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A program copies what is in this folder elsewhere.
    Synchronized {
        /// Which program, by its name.
        service: &'static str,
    },
    /// The folder lies on another machine.
    Network,
    /// Windows copies this folder to wherever the user signs in.
    Roaming,
}

impl Warning {
    /// What to tell the person.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::Synchronized { service } => format!(
                "This folder is copied elsewhere by {service}. A vault can be damaged by that, and its copies are \
                 beyond your control. Choose a folder that stays on this computer."
            ),
            Self::Network => {
                "This folder lies on another computer. A vault can be damaged when the connection breaks. \
                              Choose a folder on this computer."
                    .to_owned()
            }
            Self::Roaming => "This folder follows your account to other computers. Choose one that stays on this \
                              computer."
                .to_owned(),
        }
    }
}

/// How a folder's name begins, in lowercase, and whose it is. `exact` ones are whole names.
const SYNCHRONIZED: [(&str, bool, &str); 18] = [
    ("onedrive", false, "OneDrive"),
    ("dropbox", false, "Dropbox"),
    ("google drive", false, "Google Drive"),
    ("googledrive", false, "Google Drive"),
    ("my drive", true, "Google Drive"),
    ("iclouddrive", false, "iCloud"),
    ("icloud drive", false, "iCloud"),
    ("mobile documents", true, "iCloud"),
    ("cloudstorage", true, "a cloud service"),
    ("box", true, "Box"),
    ("box sync", true, "Box"),
    ("nextcloud", false, "Nextcloud"),
    ("owncloud", false, "ownCloud"),
    ("pclouddrive", true, "pCloud"),
    ("proton drive", false, "Proton Drive"),
    ("syncthing", true, "Syncthing"),
    ("sharepoint", false, "SharePoint"),
    ("seafile", false, "Seafile"),
];

/// File systems that lie on another machine (or are shown by a program that may fetch from one).
const NETWORK_FILE_SYSTEMS: [&str; 14] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ncpfs",
    "9p",
    "ceph",
    "glusterfs",
    "davfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.davfs2",
];

/// Looks at a place where a vault lies or is to lie.
#[must_use]
pub fn warning(path: &Path) -> Option<Warning> {
    // On systems without this list only names can be judged.
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    // A link may lead out of an innocent name; the folder itself may not exist yet.
    let real = path.ancestors().find_map(|ancestor| ancestor.canonicalize().ok());
    judge(&path, &mounts).or_else(|| judge(&real?, &mounts))
}

/// As [`warning`], with the list of mounted file systems (`/proc/mounts`) handed in.
#[must_use]
pub fn judge(path: &Path, mounts: &str) -> Option<Warning> {
    let text = path.to_string_lossy();
    if text.starts_with(r"\\") && !text.starts_with(r"\\?\")
        || text.starts_with(r"\\?\UNC\")
        || on_network(path, mounts)
    {
        return Some(Warning::Network);
    }
    let names: Vec<String> = names(&text);
    if names.windows(2).any(|pair| pair == ["appdata", "roaming"]) {
        return Some(Warning::Roaming);
    }
    names.iter().find_map(|name| {
        let known = SYNCHRONIZED.iter().find(|(known, exact, _)| {
            name == known
                || !exact && name.strip_prefix(known).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
        })?;
        Some(Warning::Synchronized { service: known.2 })
    })
}

/// Where a vault lies if nobody says otherwise: local, non-roaming application data. `None` if the environment names
/// no such place.
pub fn default_dir(environment: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| environment(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let data = if cfg!(windows) {
        folder("LOCALAPPDATA")?.join("Chartproof")
    } else if cfg!(target_os = "macos") {
        folder("HOME")?.join("Library/Application Support/Chartproof")
    } else {
        folder("XDG_DATA_HOME").or_else(|| Some(folder("HOME")?.join(".local/share")))?.join("chartproof")
    };
    Some(data.join("vault"))
}

/// The names in a path, in lowercase, whichever way the slashes lean.
fn names(path: &str) -> Vec<String> {
    path.split(['/', '\\']).filter(|name| !name.is_empty()).map(str::to_lowercase).collect()
}

/// Whether the innermost mount that holds the path is of another machine.
fn on_network(path: &Path, mounts: &str) -> bool {
    let mut innermost: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut fields = line.split(' ').skip(1);
        let (Some(place), Some(kind)) = (fields.next(), fields.next()) else { continue };
        // The list writes spaces and the like as octal.
        let place = PathBuf::from(place.replace(r"\040", " ").replace(r"\011", "\t").replace(r"\134", r"\"));
        let depth = place.components().filter(|part| matches!(part, Component::Normal(_))).count();
        if path.starts_with(&place) && innermost.is_none_or(|(deepest, _)| depth >= deepest) {
            innermost = Some((depth, kind));
        }
    }
    innermost.is_some_and(|(_, kind)| NETWORK_FILE_SYSTEMS.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(path: &str) -> Option<&'static str> {
        match judge(Path::new(path), "") {
            Some(Warning::Synchronized { service }) => Some(service),
            _ => None,
        }
    }

    #[test]
    fn synchronized_folders_are_known_by_their_names() {
        assert_eq!(service(r"C:\Users\okafor\OneDrive - Mercy Hospital\vault"), Some("OneDrive"));
        assert_eq!(service("/Users/okafor/Library/CloudStorage/Dropbox/vault"), Some("a cloud service"));
        assert_eq!(service("/Users/okafor/Library/Mobile Documents/vault"), Some("iCloud"));
        assert_eq!(service("/home/okafor/Dropbox (Work)/vault"), Some("Dropbox"));
        assert_eq!(service("/home/okafor/Nextcloud2/vault"), Some("Nextcloud"));
        assert_eq!(service("/home/okafor/Box/vault"), Some("Box"));
    }

    #[test]
    fn names_that_only_begin_alike_are_left_alone() {
        for path in ["/home/okafor/boxes/vault", "/home/okafor/dropboxes/vault", "/home/okafor/.local/share/vault"] {
            assert_eq!(judge(Path::new(path), ""), None);
        }
    }

    #[test]
    fn the_innermost_mount_decides() {
        let mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/x /mnt/share nfs4 rw 0 0\n/dev/sdb /mnt/share/usb\\040stick ext4 rw 0 0\n";
        assert_eq!(judge(Path::new("/mnt/share/vault"), mounts), Some(Warning::Network));
        assert_eq!(judge(Path::new("/mnt/share/usb stick/vault"), mounts), None);
        assert_eq!(judge(Path::new("/mnt/shared/vault"), mounts), None);
    }

    #[test]
    fn windows_shares_and_roaming_profiles_are_warned_about() {
        assert_eq!(judge(Path::new(r"\\server\share\vault"), ""), Some(Warning::Network));
        assert_eq!(judge(Path::new(r"C:\Users\okafor\AppData\Roaming\Chartproof"), ""), Some(Warning::Roaming));
        assert_eq!(judge(Path::new(r"C:\Users\okafor\AppData\Local\Chartproof"), ""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_default_is_local_application_data() {
        let home = |name: &str| (name == "HOME").then(|| OsString::from("/home/okafor"));
        assert_eq!(default_dir(home), Some(PathBuf::from("/home/okafor/.local/share/chartproof/vault")));
        let data = |name: &str| (name == "XDG_DATA_HOME").then(|| OsString::from("/data"));
        assert_eq!(default_dir(data), Some(PathBuf::from("/data/chartproof/vault")));
        let relative = |name: &str| (name == "XDG_DATA_HOME").then(|| OsString::from("data"));
        assert_eq!(default_dir(relative), None);
    }
}
