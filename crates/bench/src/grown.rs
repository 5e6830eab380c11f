//! Forests of a set shape, grown on random rows: splits at random, so that they are as ragged as real
//! ones and walks through them differ.
//!
//! In: a seed and a [`Shape`]. Out: a forest. Must not know: what it is used for.

use wakeful_engine::models::{Forest, Node};
use wakeful_lab::rng::Rng;

/// A forest's shape.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// How many trees.
    pub trees: usize,
    /// Splits from a root to a leaf, at most.
    pub depth: usize,
    /// Columns to split by.
    pub columns: usize,
    /// Rows that a tree grows on.
    pub rows: usize,
    /// Rows in a leaf, at least.
    pub leaf: usize,
}

/// Grows a forest.
#[must_use]
pub fn grow(seed: u64, shape: Shape) -> Forest {
    let mut rng = Rng::new(seed);
    let mut forest = Forest {
        roots: Vec::new(),
        nodes: Vec::new(),
    };
    for _ in 0..shape.trees {
        forest.roots.push(forest.nodes.len() as u32);
        tree(&mut rng, shape, &mut forest.nodes);
    }
    forest
}

fn leaf(rng: &mut Rng) -> Node {
    Node {
        column: Node::LEAF,
        threshold: 0.0,
        left: 0,
        value: rng.unit(),
    }
}

/// Breadth first, so that two children are neighbours behind their parent.
fn tree(rng: &mut Rng, shape: Shape, nodes: &mut Vec<Node>) {
    let row = |rng: &mut Rng| -> Vec<f64> {
        (0..shape.columns)
            .map(|_| f64::from(rng.log_normal(20.0, 2.5) as f32))
            .collect()
    };
    let rows: Vec<Vec<f64>> = (0..shape.rows).map(|_| row(rng)).collect();
    let mut open = std::collections::VecDeque::from([(nodes.len(), 0, rows)]);
    nodes.push(leaf(rng));
    while let Some((at, depth, rows)) = open.pop_front() {
        if depth == shape.depth || rows.len() < 2 * shape.leaf {
            continue;
        }
        let column = rng.below(shape.columns);
        let threshold = rows[rng.below(rows.len())][column];
        let (left, right): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| row[column] <= threshold);
        if left.len() < shape.leaf || right.len() < shape.leaf {
            continue;
        }
        let first = nodes.len();
        nodes.extend([leaf(rng), leaf(rng)]);
        nodes[at] = Node {
            column: column as u16,
            threshold,
            left: first as u32,
            value: nodes[at].value,
        };
        open.extend([(first, depth + 1, left), (first + 1, depth + 1, right)]);
    }
}
