"""Operations about what came of it."""
