/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorting and filtering of tables; the page says everything without it. */
(function () {
    "use strict";

    function cell(row, i) {
        return row.cells[i] ? row.cells[i].textContent.trim() : "";
    }

    /* By number where both have one, as "1,234" and "a.pcap:12" do at their end. */
    function compare(a, b) {
        var x = /^(.*?)([\d,]+)$/.exec(a), y = /^(.*?)([\d,]+)$/.exec(b);
        if (x && y && x[1] === y[1])
            return Number(x[2].replace(/,/g, "")) - Number(y[2].replace(/,/g, ""));
        return a < b ? -1 : a > b ? 1 : 0;
    }

    function sort(table, head, i) {
        var down = head.getAttribute("aria-sort") === "ascending", body = table.tBodies[0];
        var rows = Array.prototype.slice.call(body.rows);
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) {
            other.removeAttribute("aria-sort");
        });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        rows.sort(function (a, b) {
            return (down ? -1 : 1) * compare(cell(a, i), cell(b, i));
        });
        rows.forEach(function (row) { body.appendChild(row); });
    }

    function makeSortable(table) {
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, i) {
            var button = document.createElement("button");
            button.type = "button";
            button.textContent = head.textContent;
            head.textContent = "";
            head.appendChild(button);
            button.addEventListener("click", function () { sort(table, head, i); });
        });
    }

    function makeFilter(table) {
        var label = document.createElement("label"), input = document.createElement("input");
        if (table.tBodies[0].rows.length < 8)
            return;
        label.className = "search";
        label.textContent = "Only rows with ";
        input.type = "search";
        label.appendChild(input);
        table.parentNode.insertBefore(label, table);
        input.addEventListener("input", function () {
            var wanted = input.value.toLowerCase();
            Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
                row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0;
            });
        });
    }

    Array.prototype.forEach.call(document.querySelectorAll("table.sortable"), makeSortable);
    Array.prototype.forEach.call(document.querySelectorAll("table.filter"), makeFilter);
})();
