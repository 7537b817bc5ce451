import { page } from "./address.ts";

/** In the frame of another page nothing can be changed: what lies over it could lead a click astray. */
export const readOnly = window.parent !== window || page.peek().embed;
