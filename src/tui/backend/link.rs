//! Links of the terminal (OSC 8): which cells of a frame lead where, and how a terminal is told.
//!
//! An escape sequence in a cell would break the arithmetic of everything else, so links come beside the frame. They
//! cost bytes where text costs little: a frame and a row have so much for them, and what is past it is text only.
//! They are decided by the frame alone, so that a frame on the screen is never written again.

use std::{ops::Range, sync::Arc};

/// Bytes that the links of one row may take.
const ROW: usize = 260;
/// Bytes that the links of a frame may take, for each of its rows.
const FRAME: usize = 40;
/// Bytes of a link besides its address: its two sequences.
const AROUND: usize = 14;

/// Cells of a row that lead somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenLink {
    /// The row, from 0.
    pub y: u16,
    /// The columns.
    pub columns: Range<u16>,
    /// The address: printable ASCII. Anything else does not count as a link.
    pub target: Arc<str>,
}

impl ScreenLink {
    fn is_harmless(&self) -> bool {
        self.target.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

/// Lists those of a frame's links for which there are bytes, from the top down.
pub(super) fn affordable(links: &[ScreenLink], rows: u16) -> impl Iterator<Item = &ScreenLink> {
    let mut left = FRAME * rows as usize;
    let (mut row, mut left_of_row) = (None, ROW);
    links.iter().filter(|link| link.is_harmless()).filter(move |link| {
        if row.replace(link.y) != Some(link.y) {
            left_of_row = ROW;
        }
        let cost = link.target.len() + AROUND;
        let fits = cost <= left && cost <= left_of_row;
        if fits {
            (left, left_of_row) = (left - cost, left_of_row - cost);
        }
        fits
    })
}

/// Lets what is written next lead there, or nowhere. Nothing is written for the link in hand.
pub(super) fn switch_link(current: &mut Option<Arc<str>>, to: Option<&Arc<str>>, out: &mut Vec<u8>) {
    if current.as_ref() == to {
        return;
    }
    out.extend_from_slice(b"\x1b]8;;");
    out.extend_from_slice(to.map_or(&[], |target| target.as_bytes()));
    out.extend_from_slice(b"\x1b\\");
    *current = to.cloned();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(y: u16, target: &str) -> ScreenLink {
        ScreenLink { y, columns: 0..4, target: target.into() }
    }

    #[test]
    fn what_is_no_printable_ascii_is_no_link() {
        let links = ["https://e.org/\x1b\\", "https://e.org/ü", "https://e.org/ x", "https://e.org/x"];
        let links: Vec<ScreenLink> = links.iter().map(|target| link(0, target)).collect();
        assert_eq!(affordable(&links, 24).collect::<Vec<_>>(), [&links[3]]);
    }

    #[test]
    fn the_links_of_a_row_and_of_a_frame_have_so_many_bytes() {
        let target = "https://e.org/".to_owned() + &"x".repeat(86);
        let links: Vec<ScreenLink> =
            (0..24).flat_map(|y| (0..4).map(move |_| y)).map(|y| link(y, &target)).collect();
        let taken: Vec<u16> = affordable(&links, 24).map(|link| link.y).collect();
        assert_eq!(taken, [0, 0, 1, 1, 2, 2, 3, 3]);
        assert_eq!(affordable(&links, 50).count(), 17);
    }
}
