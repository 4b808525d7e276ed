/* Behaviours of the pages of runs, workflows and the audit trail. */
import "./all.js";
import "./keep.js";
import "./menu.js";
import "./pace.js";
