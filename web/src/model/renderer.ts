import type { Geometry } from "./geometry.ts";
import type { Look } from "./camera.ts";

const VERTEX = `#version 300 es
in vec3 position;
in vec3 colour;
uniform mat4 view, picture;
uniform float pointSize;
out vec3 seen;
out vec3 paint;
void main() {
  vec4 at = vec4(position, 1.0);
  seen = (view * at).xyz;
  paint = colour;
  gl_Position = picture * at;
  gl_PointSize = clamp(pointSize / gl_Position.w, 1.5, 24.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec3 seen;
in vec3 paint;
uniform bool points;
out vec4 light;
void main() {
  if (points) {
    if (length(gl_PointCoord - 0.5) > 0.5) discard;
    light = vec4(paint, 1.0);
    return;
  }
  // Each face is flat: its normal follows from how the picture changes.
  vec3 normal = normalize(cross(dFdx(seen), dFdy(seen)));
  float bright = 0.35 + 0.5 * abs(normal.z) + 0.2 * max(0.0, dot(normal, normalize(vec3(-0.4, 0.8, 0.5))));
  light = vec4(paint * min(bright, 1.1), 1.0);
}`;

/** Of vertices without a colour of their own. */
const PLAIN = [0.62, 0.68, 0.76] as const;
/** Of a point, in parts of the shape's size. */
const POINT = 0.012;

interface Uploaded {
  array: WebGLVertexArrayObject;
  buffers: WebGLBuffer[];
  count: number;
  faces: boolean;
}

/** Draws shapes, each into a canvas of its own; one for all, since browsers lend few contexts. */
export class Renderer {
  private static one: Renderer | null | undefined;
  private readonly uploads = new Map<Geometry, Uploaded>();

  private constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly gl: WebGL2RenderingContext,
    private readonly program: WebGLProgram,
  ) {
    canvas.addEventListener("webglcontextlost", () => {
      if (Renderer.one === this) Renderer.one = undefined;
    });
  }

  /** null where the browser cannot draw in space. */
  static shared(): Renderer | null {
    if (Renderer.one === undefined) Renderer.one = Renderer.made();
    return Renderer.one;
  }

  private static made(): Renderer | null {
    const canvas = document.createElement("canvas");
    const gl = canvas.getContext("webgl2", { antialias: true, alpha: true });
    if (!gl) return null;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
      const shader = gl.createShader(kind)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.bindAttribLocation(program, 0, "position");
    gl.bindAttribLocation(program, 1, "colour");
    gl.linkProgram(program);
    return gl.getProgramParameter(program, gl.LINK_STATUS) ? new Renderer(canvas, gl, program) : null;
  }

  /** Draws a shape into the whole of a canvas, in pixels of the screen. `size`: half of its diagonal. */
  draw(geometry: Geometry, look: Look, size: number, target: CanvasRenderingContext2D): void {
    const { gl, canvas } = this;
    const { width, height } = target.canvas;
    if (width === 0 || height === 0) return;
    if (canvas.width < width) canvas.width = width;
    if (canvas.height < height) canvas.height = height;
    const shape = this.uploaded(geometry);
    gl.viewport(0, 0, width, height);
    gl.enable(gl.DEPTH_TEST);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.useProgram(this.program);
    const place = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(this.program, name);
    gl.uniformMatrix4fv(place("view"), false, look.view);
    gl.uniformMatrix4fv(place("picture"), false, look.picture);
    gl.uniform1i(place("points"), shape.faces ? 0 : 1);
    gl.uniform1f(place("pointSize"), size * POINT * height);
    gl.bindVertexArray(shape.array);
    if (!geometry.colours) gl.vertexAttrib3f(1, ...PLAIN);
    if (shape.faces) gl.drawElements(gl.TRIANGLES, shape.count, gl.UNSIGNED_INT, 0);
    else gl.drawArrays(gl.POINTS, 0, shape.count);
    gl.bindVertexArray(null);
    target.clearRect(0, 0, width, height);
    target.drawImage(canvas, 0, canvas.height - height, width, height, 0, 0, width, height);
  }

  /** Lets go of what was kept of a shape to draw it. */
  free(geometry: Geometry): void {
    const shape = this.uploads.get(geometry);
    if (!shape) return;
    this.uploads.delete(geometry);
    this.gl.deleteVertexArray(shape.array);
    for (const buffer of shape.buffers) this.gl.deleteBuffer(buffer);
  }

  private uploaded(geometry: Geometry): Uploaded {
    const shape = this.uploads.get(geometry) ?? this.upload(geometry);
    this.uploads.set(geometry, shape);
    return shape;
  }

  private upload({ positions, colours, triangles }: Geometry): Uploaded {
    const { gl } = this;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const buffers = [this.attribute(0, positions, gl.FLOAT, false)];
    if (colours) buffers.push(this.attribute(1, colours, gl.UNSIGNED_BYTE, true));
    if (triangles) {
      const buffer = gl.createBuffer();
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, triangles, gl.STATIC_DRAW);
      buffers.push(buffer);
    }
    gl.bindVertexArray(null);
    return { array, buffers, count: triangles ? triangles.length : positions.length / 3, faces: triangles !== null };
  }

  private attribute(number: number, data: Float32Array | Uint8Array, type: number, normalised: boolean): WebGLBuffer {
    const { gl } = this;
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data as BufferSource, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(number);
    gl.vertexAttribPointer(number, 3, type, normalised, 0, 0);
    return buffer;
  }
}
