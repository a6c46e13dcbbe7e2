/** The mark of FlowStudio: a path that forks into a branch of its own. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6.5" fill="var(--fs-accent-solid)" />
      <path
        d="M6.5 8h4c3.2 0 3 8 7 8M10.5 8h7"
        fill="none"
        stroke="#fff"
        strokeWidth="1.8"
        strokeLinecap="round"
      />
      <circle cx="6.5" cy="8" r="1.9" fill="#fff" />
      <circle cx="17.5" cy="8" r="1.9" fill="#fff" />
      <circle cx="17.5" cy="16" r="1.9" fill="#fff" />
    </svg>
  );
}
