//! Trees, flat: a forest of regression trees on 0/1 targets, and gradient boosting.
//!
//! In: the model's columns of one row ([`super::blocks`] takes many). Out: of a forest the mean of the trees' leaves, a number from 0 to 1;
//! of boosting the sum of the leaves, log-odds. Must not know: features' names.

/// A node of a tree. All trees lie in one array; a node's two children are neighbours, behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The column that is compared; [`Node::LEAF`] at a leaf.
    pub column: u16,
    /// At most this goes left, more goes right.
    pub threshold: f64,
    /// The left child; the right one follows it.
    pub left: u32,
    /// Of a leaf: the mean target of the training rows that came here. Of others a file says nothing.
    pub value: f64,
}

impl Node {
    /// The column of a leaf.
    pub const LEAF: u16 = u16::MAX;

    /// Where a walk ends with a value.
    #[must_use]
    pub const fn leaf(value: f64) -> Self {
        Self {
            column: Self::LEAF,
            threshold: 0.0,
            left: 0,
            value,
        }
    }

    /// Whether a walk ends here.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        self.column == Self::LEAF
    }

    /// The position of the child that a row goes on to. For a node that is no leaf.
    #[must_use]
    pub fn child(&self, columns: &[f64]) -> u32 {
        self.left + u32::from(columns[usize::from(self.column)] > self.threshold)
    }
}

/// The trees' roots and all their nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    /// Positions of the roots.
    pub roots: Vec<u32>,
    /// All nodes; children stand behind their parent, so every walk ends.
    pub nodes: Vec<Node>,
}

impl Forest {
    /// The mean of the trees' leaves.
    #[must_use]
    pub fn mean(&self, columns: &[f64]) -> f64 {
        self.sum(columns) / self.roots.len() as f64
    }

    /// The sum of the trees' leaves, in the order of the trees.
    #[must_use]
    pub fn sum(&self, columns: &[f64]) -> f64 {
        self.roots
            .iter()
            .fold(0.0, |sum, &root| sum + self.leaf(root, columns).value)
    }

    /// The nodes of a tree, breadth first.
    #[must_use]
    pub fn tree(&self, root: u32) -> Vec<&Node> {
        let mut nodes = vec![&self.nodes[root as usize]];
        let mut at = 0;
        while let Some(&node) = nodes.get(at) {
            if !node.is_leaf() {
                let left = node.left as usize;
                nodes.extend(&self.nodes[left..left + 2]);
            }
            at += 1;
        }
        nodes
    }

    fn leaf(&self, root: u32, columns: &[f64]) -> &Node {
        let mut node = &self.nodes[root as usize];
        while !node.is_leaf() {
            node = &self.nodes[node.child(columns) as usize];
        }
        node
    }

    /// Each column's part in the difference of the sum of leaves from that of `usual`: exact Shapley
    /// values, in which a column counts as known where it has the row's value.
    #[must_use]
    pub fn pushes(&self, columns: &[f64], usual: &[f64]) -> Vec<f64> {
        super::shapley::pushes(self, columns, usual)
    }
}

/// Gradient boosting: trees whose leaves add up to log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosting {
    /// The log-odds before any tree.
    pub base: f64,
    /// A node's value is a part of the log-odds.
    pub trees: Forest,
}

impl Boosting {
    /// Log-odds.
    #[must_use]
    pub fn margin(&self, columns: &[f64]) -> f64 {
        self.base + self.trees.sum(columns)
    }
}
