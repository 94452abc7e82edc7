export { type DownloadedFile, type DownloadToFileOptions, downloadToFile } from './download-to-file.ts'
