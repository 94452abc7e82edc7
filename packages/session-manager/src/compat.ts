export {
  importLegacySessions,
  type LegacyImport,
  type LegacyImportOptions,
  type Skipped,
} from './import-legacy-sessions.ts'
