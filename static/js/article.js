// What a story's page runs besides; joined like site.js.
import "./gallery.js";
import "./share.js";
import "./reading.js";
import "./video.js";
import "./comments.js";
import "./votes.js";
import "./counter.js";
import "./typo.js";
