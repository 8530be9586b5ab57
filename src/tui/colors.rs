//! Colours blocks of code beside the app, so that no frame waits.

use std::{
    collections::VecDeque,
    sync::mpsc::{Receiver, Sender},
};

use super::{Event, action::Action, throttle::Throttle};
use crate::transcript::{
    CodeTones,
    highlight::{HighlightRequest, Highlighter},
};

/// Colours what is asked for, until nobody asks any more. The syntaxes are loaded here, at the first block.
pub(super) fn color_all(waiting: &Receiver<Vec<HighlightRequest>>, events: &Sender<Event>) {
    let mut highlighter: Option<Highlighter> = None;
    let mut color = |request: &HighlightRequest| {
        let highlighter = highlighter.get_or_insert_with(Highlighter::new);
        highlighter.highlight(&request.language, &request.code)
    };
    // Colours have their message laid out anew: those of thousands of blocks come a few times a second.
    let throttle = Throttle::default();
    color_by(waiting, events, &mut color, &|| throttle.is_due());
}

/// Does the same by this, and tells when that is due.
fn color_by(
    waiting: &Receiver<Vec<HighlightRequest>>,
    events: &Sender<Event>,
    color: &mut dyn FnMut(&HighlightRequest) -> CodeTones,
    is_due: &dyn Fn() -> bool,
) {
    while let Ok(first) = waiting.recv() {
        // What was asked for last is in sight, and its beginning most of all.
        let mut batches = vec![VecDeque::from(first)];
        let mut done = Vec::new();
        while let Some(batch) = batches.last_mut() {
            if let Some(request) = batch.pop_front() {
                let tones = color(&request);
                // Of a block that stays plain nothing is told: it is drawn like that already.
                if !tones.is_empty() {
                    done.push((request.id, tones));
                }
            } else {
                batches.pop();
            }
            batches.extend(waiting.try_iter().map(VecDeque::from));
            let is_told = !done.is_empty() && (batches.is_empty() || is_due());
            if is_told && events.send(Event::Action(Action::Highlighted(std::mem::take(&mut done)))).is_err()
            {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, sync::mpsc::channel};

    use super::*;
    use crate::{
        conversation::testing,
        library::ConversationRef,
        transcript::{Tone, Transcript, TranscriptOptions},
    };

    /// What is asked for of a message with so many blocks in this language.
    fn requests(language: &str, blocks: usize) -> Vec<HighlightRequest> {
        let text: String = (0..blocks).map(|number| format!("```{language}\n{number}\n```\n\n")).collect();
        let conversation = ConversationRef::alone(testing::chain("A title", [testing::answer(&text)]));
        let mut transcript = Transcript::new(conversation, TranscriptOptions::default());
        transcript.lines(0, 60);
        transcript.take_highlight_requests()
    }

    fn tones(_: &HighlightRequest) -> CodeTones {
        vec![vec![(Tone::Number, 0..1)]]
    }

    /// Returns the sizes of the answers to what was asked for.
    fn told(
        waiting: &Receiver<Vec<HighlightRequest>>,
        color: &mut dyn FnMut(&HighlightRequest) -> CodeTones,
        is_due: &dyn Fn() -> bool,
    ) -> Vec<usize> {
        let (events, answers) = channel();
        color_by(waiting, &events, color, is_due);
        drop(events);
        let blocks = |event| match event {
            Event::Action(Action::Highlighted(blocks)) => blocks.len(),
            other => panic!("{other:?}"),
        };
        answers.into_iter().map(blocks).collect()
    }

    /// Each answer has a message laid out anew: 300 of them cost as many layouts of all 300.
    #[test]
    fn the_colours_of_many_blocks_come_when_they_are_due_and_at_the_end() {
        for (every, expected) in [(1, vec![1; 300]), (128, vec![128, 128, 44]), (usize::MAX, vec![300])] {
            let (ask, waiting) = channel();
            let wanted = requests("rust", 300);
            assert_eq!(wanted.len(), 300);
            ask.send(wanted).unwrap();
            drop(ask);
            let asked = std::cell::Cell::new(0_usize);
            let is_due = || {
                asked.set(asked.get() + 1);
                asked.get().is_multiple_of(every)
            };
            assert_eq!(told(&waiting, &mut tones, &is_due), expected);
        }
    }

    #[test]
    fn what_is_asked_for_last_is_coloured_next_from_its_beginning() {
        let (ask, waiting) = channel();
        ask.send(requests("old", 3)).unwrap();
        let ask = RefCell::new(Some(ask));
        let mut order = Vec::new();
        let mut color = |request: &HighlightRequest| {
            order.push(format!("{} {}", request.language, request.code.trim()));
            if let Some(ask) = ask.take() {
                ask.send(requests("new", 2)).unwrap();
            }
            tones(request)
        };
        told(&waiting, &mut color, &|| true);
        assert_eq!(order, ["old 0", "new 0", "new 1", "old 1", "old 2"]);
    }

    #[test]
    fn nothing_is_told_of_blocks_that_stay_plain() {
        let (ask, waiting) = channel();
        ask.send(requests("klingon", 10)).unwrap();
        drop(ask);
        assert!(told(&waiting, &mut |_| CodeTones::new(), &|| true).is_empty());
    }
}
