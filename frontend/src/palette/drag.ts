/** What is dragged from the palette onto the canvas. */
export const PLUGIN_TYPE = "application/x-flowstudio-plugin";
