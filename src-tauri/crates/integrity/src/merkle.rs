//! Merkle trees as in RFC 9162 section 2.1 (the same as RFC 6962): roots, inclusion and consistency proofs.
//!
//! A leaf is hashed with the prefix 0x00 and a node with 0x01, so that neither can pass for the other. The empty tree
//! has the SHA-256 of nothing as its root. [`Tree`] keeps one hash per level, never the leaves.

use crate::digest::Digest;

/// SHA-256(0x00 ‖ leaf).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Digest {
    Digest::of_parts(&[&[0], leaf])
}

/// SHA-256(0x01 ‖ left ‖ right).
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [1_u8; 1 + 2 * Digest::BYTES];
    let (head, tail) = bytes.split_at_mut(1 + Digest::BYTES);
    if let Some(place) = head.get_mut(1..) {
        place.copy_from_slice(left.as_bytes());
    }
    tail.copy_from_slice(right.as_bytes());
    Digest::of(&bytes)
}

/// A tree that grows leaf by leaf and remembers only the roots of its complete subtrees.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Tree {
    /// Roots of complete subtrees, largest first; their sizes are the bits of `leaves`.
    peaks: Vec<Digest>,
    leaves: u64,
}

impl Tree {
    /// A tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a leaf by its bytes.
    pub fn push(&mut self, leaf: &[u8]) {
        self.push_leaf_hash(leaf_hash(leaf));
    }

    /// Adds a leaf by its [`leaf_hash`].
    pub fn push_leaf_hash(&mut self, leaf: Digest) {
        let mut root = leaf;
        // Every trailing one of the old size is a complete subtree of the same size as the one being carried.
        for _ in 0..self.leaves.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                root = node_hash(&left, &root);
            }
        }
        self.peaks.push(root);
        self.leaves += 1;
    }

    /// The root over all leaves so far.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        let Some(smallest) = peaks.next() else {
            return Digest::of(b"");
        };
        peaks.fold(*smallest, |right, left| node_hash(left, &right))
    }

    /// How many leaves there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.leaves
    }

    /// Whether there is no leaf yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves == 0
    }
}

/// The root over some leaf hashes.
#[must_use]
pub fn root(leaf_hashes: &[Digest]) -> Digest {
    let mut tree = Tree::new();
    for leaf in leaf_hashes {
        tree.push_leaf_hash(*leaf);
    }
    tree.root()
}

/// The path from leaf `index` to the root of the tree over `leaf_hashes` (RFC 9162 2.1.3.1), lowest sibling first;
/// `None` if there is no such leaf.
#[must_use]
pub fn inclusion_proof(leaf_hashes: &[Digest], index: u64) -> Option<Vec<Digest>> {
    let mut index = usize::try_from(index).ok()?;
    let mut leaves = leaf_hashes;
    leaves.get(index)?;
    let mut path = Vec::new();
    while leaves.len() > 1 {
        let (left, right) = leaves.split_at(largest_power_below(leaves.len()));
        if index < left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            index -= left.len();
            leaves = right;
        }
    }
    path.reverse();
    Some(path)
}

/// Whether `proof` leads from `leaf` at `index` to the root of a tree of `size` leaves (RFC 9162 2.1.3.2).
#[must_use]
pub fn inclusion_holds(leaf: &Digest, index: u64, size: u64, proof: &[Digest], root: &Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut reached) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            reached = node_hash(sibling, &reached);
            // A right edge skips the levels on which it has no sibling.
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            reached = node_hash(&reached, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && reached == *root
}

/// The proof that the tree over the first `older` leaves is a beginning of the tree over all of them
/// (RFC 9162 2.1.4.1); `None` if there are not that many leaves. From 0 and from the full size it is empty.
#[must_use]
pub fn consistency_proof(leaf_hashes: &[Digest], older: u64) -> Option<Vec<Digest>> {
    let mut older = usize::try_from(older).ok()?;
    if older > leaf_hashes.len() {
        return None;
    }
    if older == 0 {
        return Some(Vec::new());
    }
    let (mut leaves, mut path, mut whole) = (leaf_hashes, Vec::new(), true);
    while older < leaves.len() {
        let (left, right) = leaves.split_at(largest_power_below(leaves.len()));
        if older <= left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            older -= left.len();
            leaves = right;
            whole = false;
        }
    }
    // The verifier knows the older root; any other subtree it must be told.
    if !whole {
        path.push(root(leaves));
    }
    path.reverse();
    Some(path)
}

/// Whether `proof` shows that a tree of `older_size` leaves with `older_root` is a beginning of a tree of `newer_size`
/// leaves with `newer_root` (RFC 9162 2.1.4.2).
#[must_use]
pub fn consistency_holds(
    older_size: u64,
    older_root: &Digest,
    newer_size: u64,
    newer_root: &Digest,
    proof: &[Digest],
) -> bool {
    if older_size > newer_size {
        return false;
    }
    if older_size == newer_size {
        return proof.is_empty() && older_root == newer_root;
    }
    if older_size == 0 {
        return proof.is_empty() && *older_root == Digest::of(b"");
    }
    let (mut place, mut last) = (older_size - 1, newer_size - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let mut steps = proof.iter();
    // An older tree that is one complete subtree is its own first step.
    let first = if older_size.is_power_of_two() { Some(older_root) } else { steps.next() };
    let Some(first) = first else { return false };
    let (mut older, mut newer) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            older = node_hash(step, &older);
            newer = node_hash(step, &newer);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            newer = node_hash(&newer, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && older == *older_root && newer == *newer_root
}

/// The largest power of two that is less than `n`, for n ≥ 2.
fn largest_power_below(n: usize) -> usize {
    (n.div_ceil(2)).next_power_of_two()
}
