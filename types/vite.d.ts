/** A file's text, which Vite builds into the page. */
declare module '*?raw' {
  const text: string
  export default text
}
