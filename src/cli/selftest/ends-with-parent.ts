/** Loaded into a gateway's process before the gateway: nothing is left running when the command that started it is gone. */
process.on('disconnect', () => process.exit(0))
// The parent's channel keeps nobody alive.
process.channel?.unref()
