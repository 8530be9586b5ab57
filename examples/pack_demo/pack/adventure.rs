//! Plays a text adventure, so that the archive holds a thread of 2 000 messages that reads like one.
//!
//! The world stands in `lighthouse-game.toml`. A keeper's day is: wake up, hear of a task, fetch a thing, carry it
//! to its place, chat on the way, light the lamp. Chance chooses among the texts; each is heard again only when all
//! of its kind have been heard.

use std::collections::{HashMap, HashSet, VecDeque};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::{seed::Seed, source::Message};

/// The world.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// How many messages to make: prompts and answers.
    messages: usize,
    /// Where the keeper wakes up.
    home: String,
    /// Where the day ends.
    lamp: String,
    /// The last prompt and the last answer.
    farewell: [String; 2],
    room: Vec<Room>,
    task: Vec<Task>,
    chat: Vec<Chat>,
    weather: Vec<Texts>,
    event: Vec<Texts>,
    ships: Vec<Texts>,
}

/// A place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Room {
    name: String,
    /// Direction → name of a room. In the order of the alphabet: a table that chance never shuffles.
    exits: std::collections::BTreeMap<String, String>,
    /// What is said on the first visit.
    first: String,
    /// What is said later.
    again: Vec<String>,
}

/// Something to do: bring a thing from one place to another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Task {
    thing: String,
    at: String,
    to: String,
    /// What the player types there.
    deed: String,
    /// What is said in the morning.
    ask: String,
    /// What comes of it.
    done: Vec<String>,
}

/// Something to say that leads nowhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chat {
    say: String,
    answers: Vec<String>,
}

/// Texts to choose from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    of: Vec<String>,
}

/// Deals out all of a pack in a shuffled order before it begins again.
struct Pack {
    size: usize,
    left: Vec<usize>,
}

impl Pack {
    fn of(size: usize) -> Self {
        Self { size, left: Vec::new() }
    }

    fn deal(&mut self, seed: &mut Seed) -> usize {
        if self.left.is_empty() {
            self.left = (0..self.size).collect();
        }
        let place = seed.below(self.left.len());
        self.left.swap_remove(place)
    }
}

/// A game under way.
struct Game<'w> {
    world: &'w World,
    seed: &'w mut Seed,
    out: Vec<Message>,
    place: usize,
    day: usize,
    /// Seconds since the evening's hour of playing began.
    since_tea: f64,
    seen: HashSet<usize>,
    again: Vec<Pack>,
    answers: Vec<Pack>,
    chats: Pack,
}

impl World {
    /// Plays until there are enough messages.
    pub fn play(&self, seed: &mut Seed) -> Result<Vec<Message>> {
        self.check()?;
        let mut game = Game {
            world: self,
            seed,
            out: Vec::with_capacity(self.messages),
            place: self.room_named(&self.home)?,
            day: 0,
            since_tea: 0.0,
            seen: HashSet::new(),
            again: self.room.iter().map(|room| Pack::of(room.again.len())).collect(),
            answers: self.chat.iter().map(|chat| Pack::of(chat.answers.len())).collect(),
            chats: Pack::of(self.chat.len()),
        };
        let texts =
            |texts: &[Texts]| -> Vec<String> { texts.iter().flat_map(|texts| texts.of.clone()).collect() };
        let (weather, events, ships) = (texts(&self.weather), texts(&self.event), texts(&self.ships));
        let mut packs = [&weather, &events, &ships].map(|texts| Pack::of(texts.len()));
        let mut tasks = Pack::of(self.task.len());
        let mut done: Vec<Pack> = self.task.iter().map(|task| Pack::of(task.done.len())).collect();
        while game.out.len() < self.messages {
            let index = tasks.deal(game.seed);
            let task = &self.task[index];
            let outcome = &task.done[done[index].deal(game.seed)];
            let weather = &weather[packs[0].deal(game.seed)];
            let event = &events[packs[1].deal(game.seed)];
            let ships = &ships[packs[2].deal(game.seed)];
            game.day(task, outcome, weather, event, ships)?;
        }
        let mut played = game.out;
        played.truncate(self.messages - 2);
        let [prompt, answer] = self.farewell.clone();
        played.push(Message { user: Some(prompt), ..Message::default() });
        played.push(Message { assistant: Some(answer), ..Message::default() });
        Ok(played)
    }

    fn check(&self) -> Result<()> {
        ensure!(self.messages >= 2, "too few messages for a farewell");
        for room in &self.room {
            ensure!(!room.again.is_empty(), "{}: nothing to say when one comes again", room.name);
            for to in room.exits.values() {
                self.room_named(to)?;
            }
        }
        for task in &self.task {
            ensure!(!task.done.is_empty(), "{}: nothing comes of it", task.deed);
            self.room_named(&task.at)?;
            self.room_named(&task.to)?;
        }
        Ok(())
    }

    fn room_named(&self, name: &str) -> Result<usize> {
        self.room.iter().position(|room| room.name == name).with_context(|| format!("no room called {name}"))
    }

    /// The directions and rooms from one place to another, by the shortest way.
    fn way(&self, from: usize, to: usize) -> Result<Vec<(&str, usize)>> {
        let mut before: HashMap<usize, (usize, &str)> = HashMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(place) = queue.pop_front() {
            for (direction, name) in &self.room[place].exits {
                let next = self.room_named(name)?;
                if next != from && !before.contains_key(&next) {
                    before.insert(next, (place, direction));
                    queue.push_back(next);
                }
            }
        }
        let mut way = Vec::new();
        let mut place = to;
        while place != from {
            let &(previous, direction) =
                before.get(&place).with_context(|| format!("no way to {}", self.room[to].name))?;
            way.push((direction, place));
            place = previous;
        }
        way.reverse();
        Ok(way)
    }
}

impl Game<'_> {
    fn day(&mut self, task: &Task, outcome: &str, weather: &str, event: &str, ships: &str) -> Result<()> {
        let (at, to) = (self.world.room_named(&task.at)?, self.world.room_named(&task.to)?);
        let lamp = self.world.room_named(&self.world.lamp)?;
        self.place = self.world.room_named(&self.world.home)?;
        self.day += 1;
        // Played in the evening, at nearly the same hour; sometimes an evening is left out, sometimes it holds two days.
        let evenings = [0, 1, 1, 1, 1, 1, 2];
        let (evening, minutes) = (*self.seed.pick(&evenings), self.seed.below(30));
        let mornings = match evening {
            0 => ["another day!", "next day please", "one more day, please please"],
            _ => ["good morning", "wake up", "we are back! next day"],
        };
        let say = *self.seed.pick(&mornings);
        let day = self.day;
        self.turn(say, format!("**Day {day}.** {weather} {event}\n\n{}", task.ask));
        let prompt = self.out.len() - 2;
        if evening > 0 {
            self.out[prompt].after =
                Some(f64::from(86_400 * evening) - self.since_tea + (60 * minutes) as f64);
            self.since_tea = (60 * minutes) as f64;
        }

        self.travel(at)?;
        let take = [
            format!("take the {}", task.thing),
            format!("pick up the {}", task.thing),
            format!("{}, please", task.thing),
        ];
        let say = self.seed.pick(&take).clone();
        let taken = [
            format!("You take the {}.", task.thing),
            format!("The {} is yours.", task.thing),
            format!("You have the {} now, and it has you.", task.thing),
            format!("Taken: one {}.", task.thing),
        ];
        let answer = self.seed.pick(&taken).clone();
        self.turn(&say, answer);
        self.chatter();
        self.travel(to)?;
        self.turn(&task.deed, outcome.to_owned());
        self.chatter();
        if self.seed.below(3) == 0 {
            self.chatter();
        }
        self.travel(lamp)?;
        let light = ["light the lamp", "Lena lights the lamp", "Jonas lights the lamp", "light!"];
        let say = *self.seed.pick(&light);
        let night = [
            format!("The light goes round. In the night there pass: {ships}. You sleep well."),
            format!("It catches at the first match. Tonight: {ships}. Good night, keeper."),
            format!("Two hundred and forty prisms say *here*. It is seen by {ships}. To bed."),
            format!("The lamp is lit, the day is done. The log says: {ships}."),
        ];
        let answer = self.seed.pick(&night).clone();
        self.turn(say, answer);
        Ok(())
    }

    /// Goes somewhere, step by step or in one sentence.
    fn travel(&mut self, to: usize) -> Result<()> {
        let world = self.world;
        let way = world.way(self.place, to)?;
        if way.len() > 1 && self.seed.below(5) < 3 {
            let name = &world.room[to].name;
            let say = [format!("go to the {name}"), format!("to the {name}"), format!("walk to the {name}")];
            let say = self.seed.pick(&say).clone();
            let through: Vec<&str> =
                way[..way.len() - 1].iter().map(|&(_, room)| &*world.room[room].name).collect();
            let through = match through.split_last() {
                Some((last, [])) => format!("the {last}"),
                Some((last, before)) => format!("the {} and the {last}", before.join(", the ")),
                None => String::new(),
            };
            let going = [
                format!("By way of {through}."),
                format!("Through {through}."),
                format!("You know the way: {through}."),
            ];
            let going = self.seed.pick(&going).clone();
            let arrived = self.arrive(to);
            self.turn(&say, format!("{going} {arrived}"));
        } else {
            for (direction, room) in way {
                let say = [direction.to_owned(), format!("go {direction}"), format!("{direction} please")];
                let say = self.seed.pick(&say).clone();
                let arrived = self.arrive(room);
                self.turn(&say, arrived);
            }
        }
        Ok(())
    }

    fn arrive(&mut self, room: usize) -> String {
        self.place = room;
        if self.seen.insert(room) {
            return self.world.room[room].first.clone();
        }
        let text = self.again[room].deal(self.seed);
        self.world.room[room].again[text].clone()
    }

    fn chatter(&mut self) {
        let chat = self.chats.deal(self.seed);
        let answer = self.answers[chat].deal(self.seed);
        let answer = self.world.chat[chat].answers[answer].replace("{day}", &self.day.to_string());
        self.turn(&self.world.chat[chat].say, answer);
    }

    fn turn(&mut self, say: &str, answer: String) {
        let (typing, answering) = ((6 + self.seed.below(50)) as f64, (1 + self.seed.below(3)) as f64);
        self.since_tea += typing + answering;
        self.out.push(Message { user: Some(say.to_owned()), after: Some(typing), ..Message::default() });
        self.out.push(Message { assistant: Some(answer), after: Some(answering), ..Message::default() });
    }
}
