import type { Facet, QuestionList } from "../api/types";
import { clearFilters, filters, isFiltered, setFilter, type Filter } from "../state/library";

export function Filters({ list }: { list: QuestionList }) {
  return (
    <form class="filters" role="search" aria-label="Questions" onSubmit={(event) => event.preventDefault()}>
      <label class="field field-search">
        <span>Search</span>
        <input
          type="search"
          value={filters.value.q}
          placeholder="attention, gradient, Snapchat…"
          onInput={(event) => setFilter("q", event.currentTarget.value)}
        />
      </label>
      <Choice filter="lesson" label="Lesson" all="All lessons" facets={list.lessons} />
      <Choice filter="kind" label="Kind" all="All kinds" facets={list.kinds} />
      <Choice filter="level" label="Level" all="All levels" facets={list.levels} />
      <Choice filter="done" label="Done" all="All" facets={doneFacets} />
      {isFiltered(filters.value) && (
        <button type="button" class="plain" onClick={clearFilters}>Clear</button>
      )}
    </form>
  );
}

type Option = Pick<Facet, "id" | "title"> & { count?: number };

const doneFacets: Option[] = [
  { id: "new", title: "Not tried" },
  { id: "tried", title: "Tried" },
  { id: "passed", title: "Passed" },
  { id: "due", title: "Due again" },
];

interface ChoiceProps {
  filter: Filter;
  label: string;
  all: string;
  facets: Option[];
}

function Choice({ filter, label, all, facets }: ChoiceProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={filters.value[filter]} onChange={(event) => setFilter(filter, event.currentTarget.value)}>
        <option value="">{all}</option>
        {facets.map(({ id, title, count }) => (
          <option key={id} value={id}>{count === undefined ? title : `${title} (${count})`}</option>
        ))}
      </select>
    </label>
  );
}
