// What a story's page runs, site.js's modules among them: most readers come for a story, and have one script to fetch.
import "./offline.js";
import "./navigation.js";
import "./clocks.js";
import "./text-size.js";
import "./gallery.js";
import "./share.js";
import "./reading.js";
import "./video.js";
import "./comments.js";
import "./votes.js";
import "./counter.js";
import "./typo.js";
