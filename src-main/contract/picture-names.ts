/** Which files of a folder are pictures, by their names: none of them is passed over in silence. Pure. */

/** What an import reads. */
export const DATASET_PICTURE = /\.(jpe?g|jpe|jfif|png)$/i;
/** Pictures of other kinds: an import names them as unread. */
export const OTHER_PICTURE = /\.(tiff?|webp|bmp|gif|avif|hei[cf]|jp2|psd|dng|dcm|dicom)$/i;

/** What of a folder is classified; a picture that cannot be read has a row that says so. @param path with slashes of either kind */
export const isPicture = (path: string): boolean =>
  (DATASET_PICTURE.test(path) || OTHER_PICTURE.test(path)) && !/(^|[\\/])\.[^\\/]*$/.test(path);
