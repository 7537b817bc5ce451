import { computed, signal } from "@preact/signals";

/** Whether the videos on screen play, how fast, and whether what is done to one is done to all. */
export const playing = signal(false);
export const speed = signal(1);
export const together = signal(true);

interface Player {
  video: HTMLVideoElement;
  fps: number;
  duration: number;
  leave(): void;
}

const players = signal<readonly Player[]>([]);
/** Seconds of the longest video on screen. */
export const longest = computed(() => Math.max(0, ...players.value.map((player) => player.duration)));
/** Seconds into the videos, as often as a reader sees it. */
export const shownPlace = signal(0);

const DEFAULT_FPS = 25;
/** Players further apart than that are set right. */
const DRIFT_SECONDS = 0.12;
const TICK_MS = 250;

let begun = { place: 0, at: 0 };
let timer = 0;
/** Players that are being moved by the page itself. */
const moved = new WeakSet<HTMLVideoElement>();

function place(): number {
  return playing.peek() ? begun.place + ((performance.now() - begun.at) / 1000) * speed.peek() : begun.place;
}

function setPlace(seconds: number): void {
  begun = { place: Math.max(0, seconds), at: performance.now() };
  shownPlace.value = begun.place;
}

/** Where a video of this length is when all are `seconds` in: each begins again at its end. */
export function placeWithin(seconds: number, duration: number): number {
  return duration > 0 ? seconds % duration : 0;
}

/** How far apart two places of a video that begins again at its end are. */
export function apart(a: number, b: number, duration: number): number {
  const gap = Math.abs(a - b);
  return duration > 0 ? Math.min(gap, Math.abs(duration - gap)) : gap;
}

function align({ video, duration }: Player, least: number): void {
  const wanted = placeWithin(place(), duration || video.duration);
  if (apart(video.currentTime, wanted, duration) <= least) return;
  moved.add(video);
  // Without its beginning a player shows its poster, wherever it is.
  if (video.readyState === 0) video.preload = "auto";
  video.currentTime = wanted;
}

/** Makes a player do what all do. */
function lead(player: Player): void {
  const { video } = player;
  video.playbackRate = speed.peek();
  if (playing.peek()) {
    align(player, DRIFT_SECONDS);
    // A browser may refuse to; the player's own controls remain.
    if (video.paused) void video.play().catch(() => undefined);
  } else {
    video.pause();
  }
}

function tick(): void {
  setPlace(place());
  for (const player of players.peek()) align(player, DRIFT_SECONDS);
}

function keepTime(): void {
  clearInterval(timer);
  timer = playing.peek() && players.peek().length > 0 ? window.setInterval(tick, TICK_MS) : 0;
}

export function play(on: boolean): void {
  setPlace(place());
  playing.value = on;
  for (const player of players.peek()) lead(player);
  keepTime();
}

export function setSpeed(rate: number): void {
  setPlace(place());
  speed.value = rate;
  for (const player of players.peek()) lead(player);
}

export function seek(seconds: number): void {
  setPlace(seconds);
  for (const player of players.peek()) align(player, 0);
}

/** Stops all, each so many of its own frames from where it is. */
export function stepFrames(by: number): void {
  if (playing.peek()) play(false);
  const rate = Math.max(0, ...players.peek().map((player) => player.fps)) || DEFAULT_FPS;
  // The middle of a frame is surely it.
  seek((Math.floor(place() * rate) + by + 0.5) / rate);
}

/** What a reader did with the controls of one player. */
function listen(player: Player): () => void {
  const { video } = player;
  const follows = (): boolean => together.peek() && players.peek().includes(player);
  const onPlay = (): void => {
    if (!follows() || playing.peek()) return;
    setPlace(video.currentTime);
    play(true);
  };
  const onPause = (): void => {
    if (follows() && playing.peek() && !video.ended && !document.hidden) play(false);
  };
  const onSeeking = (): void => {
    // A loop's return to its beginning is no reader's doing.
    const own = moved.delete(video) || apart(video.currentTime, placeWithin(place(), player.duration), player.duration) <= DRIFT_SECONDS;
    if (!own && follows()) seek(video.currentTime);
  };
  const onLength = (): void => {
    player.duration = video.duration;
    players.value = [...players.peek()];
    if (together.peek()) align(player, DRIFT_SECONDS);
  };
  const all = { play: onPlay, pause: onPause, seeking: onSeeking, loadedmetadata: onLength };
  for (const [name, listener] of Object.entries(all)) video.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(all)) video.removeEventListener(name, listener);
  };
}

/** Has a video that came into view do what all do; the result takes it out again, at rest. */
export function join(video: HTMLVideoElement, fps = DEFAULT_FPS, duration = 0): () => void {
  const player: Player = { video, fps, duration, leave: () => undefined };
  player.leave = listen(player);
  players.value = [...players.peek(), player];
  if (together.peek() && (playing.peek() || place() > 0)) {
    align(player, DRIFT_SECONDS);
    lead(player);
  }
  keepTime();
  return () => {
    players.value = players.peek().filter((each) => each !== player);
    player.leave();
    video.pause();
    keepTime();
  };
}

/** Ties what all players do together, or leaves each to itself, at rest. */
export function setTogether(on: boolean): void {
  if (!on) play(false);
  together.value = on;
  if (on) seek(place());
}
