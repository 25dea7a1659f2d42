import { openApi } from '../service/gateway/openapi.ts'
import { API_VERSION, type TradersSideParts, tradersSide } from '../service/traders/traders-side.ts'

/** The document of the traders' API as a venue serves it, made of the routes alone: nobody is there to be asked. */
export function openApiText(): string {
  const nobody = { desk: { door: { rules: {} }, feeds: {} } } as TradersSideParts
  return `${JSON.stringify(openApi(tradersSide(nobody).routes, API_VERSION), null, 2)}\n`
}
