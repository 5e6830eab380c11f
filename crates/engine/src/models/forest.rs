//! Trees, flat: a forest of regression trees on 0/1 targets, and gradient boosting.
//!
//! In: the model's columns. Out: of a forest the mean of the trees' leaves, a number from 0 to 1;
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
    /// The mean target of the training rows that came here.
    pub value: f64,
}

impl Node {
    /// The column of a leaf.
    pub const LEAF: u16 = u16::MAX;
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

    /// The sum of the trees' leaves.
    #[must_use]
    pub fn sum(&self, columns: &[f64]) -> f64 {
        self.roots
            .iter()
            .map(|&root| self.leaf(root, columns).value)
            .sum()
    }

    fn leaf(&self, root: u32, columns: &[f64]) -> &Node {
        let mut node = &self.nodes[root as usize];
        while node.column != Node::LEAF {
            node = self.child(node, columns);
        }
        node
    }

    fn child(&self, node: &Node, columns: &[f64]) -> &Node {
        let right = u32::from(columns[usize::from(node.column)] > node.threshold);
        &self.nodes[(node.left + right) as usize]
    }

    /// Each column's part in the difference from the roots' mean: along each path, a step from a
    /// node to its child is put down to the column that the node compares.
    #[must_use]
    pub fn pushes(&self, columns: &[f64]) -> Vec<f64> {
        let mut pushes = vec![0.0; columns.len()];
        for &root in &self.roots {
            let mut node = &self.nodes[root as usize];
            while node.column != Node::LEAF {
                let child = self.child(node, columns);
                pushes[usize::from(node.column)] += child.value - node.value;
                node = child;
            }
        }
        pushes
            .iter_mut()
            .for_each(|push| *push /= self.roots.len() as f64);
        pushes
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

    /// Each column's part in the log-odds, beyond the base and the roots.
    #[must_use]
    pub fn pushes(&self, columns: &[f64]) -> Vec<f64> {
        let mut pushes = self.trees.pushes(columns);
        let trees = self.trees.roots.len() as f64;
        pushes.iter_mut().for_each(|push| *push *= trees);
        pushes
    }
}
