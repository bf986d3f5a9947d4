//! Merkle trees against the published roots, and proofs made here against the checks made here.

use integrity::Digest;
use integrity::merkle::{self, Tree};

/// Leaves and roots of RFC 6962's reference tree, by number of leaves.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_reference_tree_has_the_published_roots_at_every_size() {
    let mut tree = Tree::new();
    for (size, expected) in ROOTS.iter().enumerate() {
        assert_eq!(tree.root().to_hex(), *expected);
        assert_eq!(tree.len(), u64::try_from(size).unwrap());
        if let Some(leaf) = LEAVES.get(size) {
            tree.push(leaf);
        }
    }
}

fn leaf_hashes(count: u64) -> Vec<Digest> {
    (0..count).map(|number| merkle::leaf_hash(&number.to_le_bytes())).collect()
}

#[test]
fn every_leaf_of_every_small_tree_is_proved_and_nothing_else_is() {
    for size in 1..=33 {
        let leaves = leaf_hashes(size);
        let root = merkle::root(&leaves);
        for (index, leaf) in (0..).zip(&leaves) {
            let proof = merkle::inclusion_proof(&leaves, index).unwrap();
            assert!(merkle::inclusion_holds(leaf, index, size, &proof, &root));
            assert!(!merkle::inclusion_holds(&root, index, size, &proof, &root) || size == 1);
            assert!(!merkle::inclusion_holds(leaf, index ^ 1, size, &proof, &root));
            let longer = [&proof[..], &[root]].concat();
            assert!(!merkle::inclusion_holds(leaf, index, size, &longer, &root));
        }
        assert_eq!(merkle::inclusion_proof(&leaves, size), None);
    }
}

#[test]
fn every_beginning_of_every_small_tree_is_proved_and_no_other_root_is() {
    for size in 1..=33 {
        let leaves = leaf_hashes(size);
        let root = merkle::root(&leaves);
        for older in 1..=size {
            let older_root = merkle::root(&leaves[..usize::try_from(older).unwrap()]);
            let proof = merkle::consistency_proof(&leaves, older).unwrap();
            assert!(merkle::consistency_holds(older, &older_root, size, &root, &proof), "{older}/{size}");
            let other = merkle::leaf_hash(b"other");
            assert!(!merkle::consistency_holds(older, &other, size, &root, &proof));
            assert!(!merkle::consistency_holds(older, &older_root, size, &other, &proof));
        }
        assert_eq!(merkle::consistency_proof(&leaves, size + 1), None);
    }
}
