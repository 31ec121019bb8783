/**
 * Electron's fuses, set in the binary before it is signed: it cannot be run as Node or be inspected, and takes no code but from its
 * own archive, which it checks where the system can. Called by electron-builder after packing.
 */
import { join } from 'node:path';
import { type FuseV1Config, FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import type { AfterPackContext } from 'electron-builder';

export const FUSES: FuseV1Config = {
  version: FuseVersion.V1,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
};

export async function setFuses({
  appOutDir,
  electronPlatformName,
  packager,
}: AfterPackContext): Promise<void> {
  const isMac = electronPlatformName === 'darwin';
  const { productFilename } = packager.appInfo;
  const ending = isMac ? '.app' : electronPlatformName === 'win32' ? '.exe' : '';
  const name = ending ? `${productFilename}${ending}` : EXECUTABLE;
  await flipFuses(join(appOutDir, name), { ...FUSES, resetAdHocDarwinSignature: isMac });
}

/** Of the Linux packages, as the configuration says. */
export const EXECUTABLE = 'lesion-lab';
