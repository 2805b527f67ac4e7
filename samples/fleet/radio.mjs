// Talks over the WebSocket of the sample as a browser would: node radio.mjs <gateway> <text>, with the token in TOKEN.
const [gateway, text] = process.argv.slice(2)
const socket = new WebSocket(`${gateway}/fleet/v1/radio`, ['bearer', process.env.TOKEN])
socket.addEventListener('open', () => socket.send(text))
socket.addEventListener('message', ({ data }) => {
  console.log(data)
  socket.close()
})
socket.addEventListener('error', () => {
  console.error('refused')
  process.exitCode = 1
})
