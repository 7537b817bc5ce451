const PATHS = {
  sun: "M12 4V2m0 20v-2m8-8h2M2 12h2m13.660-5.660 1.410-1.410M4.930 19.070l1.410-1.410m0-11.320L4.930 4.930m14.140 14.140-1.410-1.410M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500Z",
  screen: "M4 5h16v11H4zM9 20h6m-3-4v4",
  chevron: "m9 6 6 6-6 6",
  down: "m6 9 6 6 6-6",
  search: "m20 20-4.500-4.500M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z",
  sidebar: "M4 5h16v14H4zM9.500 5v14",
  expand: "M9 4H4v5m11-5h5v5M9 20H4v-5m11 5h5v-5",
  shrink: "M4 9h5V4m11 5h-5V4M4 15h5v5m11-5h-5v5",
  reset: "M4 12a8 8 0 1 0 2.600-5.900M4 4v5h5",
  download: "M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 20h14",
  dots: "M5.500 12h.01M12 12h.01M18.500 12h.01",
  pin: "M9 4h6l-1 6 3.500 3.500h-11L10 10zM12 13.500V20",
  close: "m6 6 12 12M18 6 6 18",
  left: "m15 6-6 6 6 6",
  right: "m9 6 6 6-6 6",
  play: "M8 5.500v13l10.500-6.500z",
  pause: "M8.500 5.500v13M15.500 5.500v13",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  up: "m6 15 6-6 6 6",
  warn: "M12 9v4m0 3.500v.01M12 4 3 19.500h18z",
  bin: "M5 7h14M10 7V4.500h4V7m-7 0 1 13h8l1-13M10.500 11v5m3-5v5",
  only: "M12 3v4m0 10v4M3 12h4m10 0h4M12 12h.010",
  more: "M5.500 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2zm6.500 0a1 1 0 1 0 0 2 1 1 0 0 0 0-2zm6.500 0a1 1 0 1 0 0 2 1 1 0 0 0 0-2z",
  compare: "M9 5H5v14h4M15 5h4v14h-4M12 3v18",
  bookmark: "M7 4h10v16l-5-4-5 4z",
  rising: "M5 18h4m-4-5h8M5 8h12M19 20V9m0 0-2.500 2.500M19 9l2.500 2.500",
  falling: "M5 8h4m-4 5h8m-8 5h12M19 6v11m0 0-2.500-2.500M19 17l2.500-2.500",
  star: "m12 4 2.400 5 5.600.700-4.100 3.800 1.100 5.500-5-2.800L7 19l1.100-5.500L4 9.700 9.600 9z",
  pen: "M5 19l.800-3.800L16 5l3 3L8.800 18.200zM14 7l3 3",
  save: "M5 5h11l3 3v11H5zM8 5v5h7V5M8 19v-5h8v5",
  link: "M10 14a4 4 0 0 0 6 .500l3-3a4 4 0 0 0-5.600-5.700L12 7m2 3a4 4 0 0 0-6-.500l-3 3a4 4 0 0 0 5.600 5.700L12 17",
  check: "m5 13 4.500 4.500L19 7",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  chart: "M4 4v16h16M8 15l3.500-4.500 3 2.500L19 7",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
