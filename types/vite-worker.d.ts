/** The address of a worker, which Vite builds beside the page. */
declare module '*?worker&url' {
  const url: string
  export default url
}
