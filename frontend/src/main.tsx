/** Where the studio begins. */
import { createRoot } from "react-dom/client";
import "@/styles/studio.css";
import { App } from "@/app/App";

const root = document.getElementById("flowstudio");
if (!root) throw new Error('The page has no element with the id "flowstudio".');
createRoot(root).render(<App />);
