//! Cycles: which declarations reach themselves.

use super::Model;

/// Sets [`Declaration::cycle`](super::Declaration::cycle) of every declaration: the components are numbered from 0 in
/// the order of their first declaration, so that equal models get equal numbers.
pub fn mark_cycles(model: &mut Model) {
    let references: Vec<Vec<u32>> = model
        .types
        .iter()
        .map(|declaration| {
            let mut targets = Vec::new();
            declaration.for_each_type(&mut |ty| ty.for_each_named(&mut |id, _| targets.push(id.0)));
            targets
        })
        .collect();
    let components = components(&references);
    let mut sizes = vec![0_u32; references.len()];
    for component in &components {
        sizes[*component as usize] += 1;
    }
    let mut numbers = vec![None; references.len()];
    let mut next = 0;
    for (at, declaration) in model.types.iter_mut().enumerate() {
        let component = components[at] as usize;
        let reaches_itself = sizes[component] > 1 || references[at].iter().any(|target| *target as usize == at);
        declaration.cycle = reaches_itself.then(|| {
            *numbers[component].get_or_insert_with(|| {
                next += 1;
                next - 1
            })
        });
    }
}

/// The strongly connected component of each node, by Tarjan's algorithm. The stack is a vector, since a schema may
/// chain 100,000 declarations. Components are numbered so that one that is reached has the smaller number.
pub(crate) fn components(edges: &[Vec<u32>]) -> Vec<u32> {
    const UNSEEN: u32 = u32::MAX;
    let mut index = vec![UNSEEN; edges.len()];
    let mut low = vec![0_u32; edges.len()];
    let mut component = vec![UNSEEN; edges.len()];
    let mut open: Vec<u32> = Vec::new();
    let mut work: Vec<(u32, usize)> = Vec::new();
    let (mut next_index, mut next_component) = (0, 0);
    for root in 0..u32::try_from(edges.len()).unwrap_or(UNSEEN) {
        if index[root as usize] != UNSEEN {
            continue;
        }
        work.push((root, 0));
        while let Some((node, edge)) = work.pop() {
            let at = node as usize;
            if edge == 0 {
                index[at] = next_index;
                low[at] = next_index;
                next_index += 1;
                open.push(node);
            }
            if let Some(&target) = edges[at].get(edge) {
                work.push((node, edge + 1));
                if index[target as usize] == UNSEEN {
                    work.push((target, 0));
                } else if component[target as usize] == UNSEEN {
                    low[at] = low[at].min(index[target as usize]);
                }
                continue;
            }
            if low[at] == index[at] {
                while let Some(member) = open.pop() {
                    component[member as usize] = next_component;
                    if member == node {
                        break;
                    }
                }
                next_component += 1;
            }
            if let Some(&(parent, _)) = work.last() {
                low[parent as usize] = low[parent as usize].min(low[at]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn nodes_that_reach_each_other_share_a_component() {
        let found = components(&[vec![1], vec![2, 3], vec![0], vec![3]]);
        assert_eq!(found[0], found[1]);
        assert_eq!(found[0], found[2]);
        assert!(found[3] < found[0]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let edges: Vec<Vec<u32>> = (0..200_000).map(|node| vec![(node + 1) % 200_000]).collect();
        assert!(components(&edges).iter().all(|component| *component == 0));
    }
}
