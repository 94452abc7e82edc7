/** Who can be asked for replies. */
export interface Model {
  readonly id: string
  readonly label: string
  readonly description: string
  /** A bot numbers its words; a real model does not. */
  readonly isBot: boolean
}

export async function loadModels(): Promise<readonly Model[]> {
  const response = await fetch('v1/models')
  if (!response.ok) throw new Error(`the list of models answered ${response.status}`)
  const { data } = (await response.json()) as { data: { id: string; description?: string; owned_by: string }[] }
  return data.map(({ id, description = '', owned_by }) => {
    const isBot = owned_by === 'demo'
    return { id, description, isBot, label: isBot ? id.charAt(0).toUpperCase() + id.slice(1) : id }
  })
}
