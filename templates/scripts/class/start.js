/* The class page: table, filters, charts and decisions. */
import "./table.js";
import "./charts.js";
import "./deciding.js";
