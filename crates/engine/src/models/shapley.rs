//! Exact Shapley values of trees against one reference.
//!
//! In: a forest, a row's columns and the usual ones. Out: each column's part in the difference of the
//! two sums of leaves. Must not know: features' names, scores.
//!
//! The game: a set of columns has the row's values, the others the usual ones; what it is worth is the
//! forest's sum. A column's part is its worth over all orders of joining (Shapley 1953), which for
//! a tree and one reference comes from a walk that goes both ways where the two rows part
//! (interventional TreeSHAP; Lundberg et al. 2020, "From local explanations to global understanding").
//! At a leaf that needs p columns of the row and q usual ones, each of the p has 1 / (p · C(p+q, p))
//! of the leaf's value, and each of the q loses 1 / (q · C(p+q, p)) of it.

use super::Forest;
use super::forest::Node;

/// Where a walk stands: which columns it took from the row, and which from the usual ones.
struct Walk<'a> {
    nodes: &'a [Node],
    row: &'a [f64],
    usual: &'a [f64],
    from_row: Vec<u16>,
    from_usual: Vec<u16>,
    pushes: Vec<f64>,
}

/// The parts add up to `forest.sum(row) − forest.sum(usual)`.
pub(super) fn pushes(forest: &Forest, row: &[f64], usual: &[f64]) -> Vec<f64> {
    let mut walk = Walk {
        nodes: &forest.nodes,
        row,
        usual,
        from_row: Vec::new(),
        from_usual: Vec::new(),
        pushes: vec![0.0; row.len()],
    };
    for &root in &forest.roots {
        walk.on(root as usize);
    }
    walk.pushes
}

impl Walk<'_> {
    fn on(&mut self, at: usize) {
        let node = self.nodes[at];
        if node.is_leaf() {
            return self.share(node.value);
        }
        let column = node.column;
        let child = |values: &[f64]| node.child(values) as usize;
        let (by_row, by_usual) = (child(self.row), child(self.usual));
        if by_row == by_usual || self.from_row.contains(&column) {
            self.on(by_row);
        } else if self.from_usual.contains(&column) {
            self.on(by_usual);
        } else {
            self.from_row.push(column);
            self.on(by_row);
            self.from_row.pop();
            self.from_usual.push(column);
            self.on(by_usual);
            self.from_usual.pop();
        }
    }

    fn share(&mut self, value: f64) {
        let (p, q) = (self.from_row.len(), self.from_usual.len());
        let orders = binomial(p + q, p);
        for &column in &self.from_row {
            self.pushes[usize::from(column)] += value / (p as f64 * orders);
        }
        for &column in &self.from_usual {
            self.pushes[usize::from(column)] -= value / (q as f64 * orders);
        }
    }
}

/// n over k.
fn binomial(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |product, at| {
        product * (n - at) as f64 / (at + 1) as f64
    })
}
