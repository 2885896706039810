//! Whether the seats of a policy's groups can be filled at the same time: a maximum bipartite matching.

use crate::evidence::policy::Group;

/// An approval can take one seat, in a group that it names.
pub fn all_can_be_filled(groups: &[Group], groups_of_approvals: &[Vec<&str>]) -> bool {
    let seats: Vec<usize> = groups.iter().enumerate().flat_map(|(index, group)| (0..group.min_approvals).map(move |_| index)).collect();
    if seats.len() > groups_of_approvals.len() {
        return false;
    }
    let names = |group: &Group, approval: &[&str]| approval.contains(&group.name);
    let candidates = groups.iter().map(|group| {
        let naming = groups_of_approvals.iter().enumerate().filter(|(_, approval)| names(group, approval));
        naming.map(|(index, _)| index).collect()
    });
    let mut matching = Matching { candidates: candidates.collect(), taken_by: vec![None; groups_of_approvals.len()] };
    seats.into_iter().all(|group| matching.fill(group, &mut vec![false; groups.len()]))
}

struct Matching {
    /// By group, the approvals that can take a seat in it.
    candidates: Vec<Vec<usize>>,
    /// By approval, the group whose seat it takes.
    taken_by: Vec<Option<usize>>,
}

impl Matching {
    /// Fills one more seat of a group, if need be by moving approvals to other groups.
    fn fill(&mut self, group: usize, visited: &mut Vec<bool>) -> bool {
        match visited.get_mut(group) {
            Some(visited) if !*visited => *visited = true,
            _ => return false,
        }
        let mut next = 0;
        while let Some(&approval) = self.candidates.get(group).and_then(|candidates| candidates.get(next)) {
            next += 1;
            let taken_by = self.taken_by.get(approval).copied().flatten();
            if taken_by.is_none_or(|other| self.fill(other, visited)) {
                if let Some(seat) = self.taken_by.get_mut(approval) {
                    *seat = Some(group);
                }
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, all_can_be_filled};

    /// Tries every way of seating the approvals.
    fn by_trying(seats: &mut Vec<&str>, approvals: &[Vec<&str>]) -> bool {
        let Some((first, others)) = approvals.split_first() else { return seats.is_empty() };
        let takes_a_seat = (0..seats.len()).any(|index| {
            let seat = seats.remove(index);
            let fits = first.contains(&seat) && by_trying(seats, others);
            seats.insert(index, seat);
            fits
        });
        takes_a_seat || by_trying(seats, others)
    }

    #[test]
    fn fills_them_whenever_that_is_possible() {
        let mut random = fastrand::Rng::with_seed(3);
        let names = ["a", "b", "c"];
        let mut filled = 0;
        for _ in 0..5_000 {
            let groups: Vec<Group> = names.into_iter().map(|name| Group { name, min_approvals: random.u32(..3) }).collect();
            let approvals: Vec<Vec<&str>> = (0..random.usize(..6)).map(|_| names.into_iter().filter(|_| random.bool()).collect()).collect();
            let mut seats = groups.iter().flat_map(|group| (0..group.min_approvals).map(|_| group.name)).collect();
            let expected = by_trying(&mut seats, &approvals);
            assert_eq!(all_can_be_filled(&groups, &approvals), expected, "{groups:?} {approvals:?}");
            filled += usize::from(expected);
        }
        assert!((1_000..4_000).contains(&filled), "{filled}");
    }
}
