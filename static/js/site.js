// What every page runs. In production infoshos/storage.py puts the modules into this one file: one request.
import "./offline.js";
import "./navigation.js";
import "./clocks.js";
